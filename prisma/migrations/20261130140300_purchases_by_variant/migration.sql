-- Older rows are backfilled by the shop, in batches.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "PurchaseHistory" ADD COLUMN "variantId" INTEGER,
ADD COLUMN "productName" TEXT,
ADD COLUMN "variantName" TEXT NOT NULL DEFAULT '',
ADD CONSTRAINT "PurchaseHistory_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;

CREATE TRIGGER "fillVariantId" BEFORE INSERT ON "PurchaseHistory" FOR EACH ROW EXECUTE FUNCTION "fillVariantId"();
