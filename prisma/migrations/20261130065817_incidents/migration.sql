-- CreateTable
CREATE TABLE "Incident" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "orderId" INTEGER,
    "message" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolvedAt" TIMESTAMPTZ(3),
    "resolvedBy" TEXT,
    "note" TEXT,

    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Incident_orderId_idx" ON "Incident"("orderId");

-- AddForeignKey
ALTER TABLE "Incident" ADD CONSTRAINT "Incident_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- At most one open incident for each kind and subject.
CREATE UNIQUE INDEX "Incident_open_kind_subject_key" ON "Incident"("kind", "subject") WHERE "resolvedAt" IS NULL;

-- Lists the open ones, oldest first. By the primary key, that list would first read all the older, resolved ones.
CREATE INDEX "Incident_open_id_idx" ON "Incident"("id") WHERE "resolvedAt" IS NULL;

-- Events that need a person since before there were incidents.
INSERT INTO "Incident" ("kind", "subject", "orderId", "message", "createdAt")
SELECT 'event_' || outcome::text, id, "orderId", type || ': ' || coalesce(detail, "lastError", ''), "receivedAt"
FROM "StripeEvent" WHERE outcome IN ('quarantined', 'failed');

-- Resolves an event's incident when the event is handled after all: replayed by an operator, or sent again by Stripe. A
-- trigger, so that the statement that handles deliveries, which cannot know an event's earlier outcome, pays nothing for it,
-- and both commit together. It fires only for a row that changes from one of these outcomes to another.
CREATE FUNCTION "resolveEventIncident"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Incident" SET "resolvedAt" = now(), "resolvedBy" = 'automatic'
  WHERE kind = 'event_' || OLD.outcome::text AND subject = OLD.id AND "resolvedAt" IS NULL;
  RETURN NULL;
END
$$;

CREATE TRIGGER "resolveEventIncident" AFTER UPDATE OF outcome ON "StripeEvent"
FOR EACH ROW WHEN (OLD.outcome IN ('quarantined', 'failed') AND NEW.outcome <> OLD.outcome)
EXECUTE FUNCTION "resolveEventIncident"();
