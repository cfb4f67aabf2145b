-- Older rows are backfilled by the shop, in batches.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "OrderItem" ADD COLUMN "variantId" INTEGER,
ADD COLUMN "variantName" TEXT NOT NULL DEFAULT '',
ADD COLUMN "sku" TEXT,
ADD CONSTRAINT "OrderItem_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE NOT VALID;

CREATE TRIGGER "fillVariantId" BEFORE INSERT ON "OrderItem" FOR EACH ROW EXECUTE FUNCTION "fillVariantId"();
