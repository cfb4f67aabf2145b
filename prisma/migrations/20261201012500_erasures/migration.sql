-- Customers whose erasure is not finished: at Stripe, and in their orders. And what the admin lists of small tables.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "User" ADD COLUMN "erasureDueAt" TIMESTAMPTZ(3);

CREATE INDEX "User_erasureDueAt_idx" ON "User"("erasureDueAt") WHERE "erasureDueAt" IS NOT NULL;

CREATE INDEX "User_blocked_idx" ON "User"("id") WHERE "blockedAt" IS NOT NULL;

CREATE INDEX "User_erased_idx" ON "User"("id") WHERE "erasedAt" IS NOT NULL;

CREATE INDEX "Incident_kind_id_idx" ON "Incident"("kind", "id");
