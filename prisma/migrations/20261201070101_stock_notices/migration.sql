-- Who wants to be told when a variant can be bought again.
SET LOCAL lock_timeout = '5s';

CREATE TABLE "StockNotice" (
    "id" SERIAL NOT NULL,
    "variantId" INTEGER NOT NULL,
    "email" TEXT NOT NULL,
    "locale" TEXT,
    "tokenHash" TEXT,
    "dueAt" TIMESTAMPTZ(3),
    "sentAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StockNotice_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "StockNotice_variantId_email_key" ON "StockNotice"("variantId", "email");
CREATE UNIQUE INDEX "StockNotice_tokenHash_key" ON "StockNotice"("tokenHash");
CREATE INDEX "StockNotice_email_idx" ON "StockNotice"("email");
CREATE INDEX "StockNotice_createdAt_idx" ON "StockNotice"("createdAt");
CREATE INDEX "StockNotice_due_idx" ON "StockNotice"("dueAt") WHERE "dueAt" IS NOT NULL;
ALTER TABLE "StockNotice" ADD CONSTRAINT "StockNotice_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id")
  ON DELETE CASCADE ON UPDATE CASCADE;

-- Stock that comes back, however it does, makes the notices due.
CREATE FUNCTION "noticeStock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "StockNotice" SET "dueAt" = now() WHERE "variantId" = NEW.id AND "sentAt" IS NULL AND "dueAt" IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "noticeStock" AFTER UPDATE ON "Variant" FOR EACH ROW
WHEN (OLD.stock = 0 AND NEW.stock IS DISTINCT FROM 0) EXECUTE FUNCTION "noticeStock"();
