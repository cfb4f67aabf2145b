-- Carts are kept for some months, so their items are few enough for one statement.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "CartItem" ADD COLUMN "variantId" INTEGER;
UPDATE "CartItem" SET "variantId" = "productId";
ALTER TABLE "CartItem" ALTER COLUMN "variantId" SET NOT NULL,
DROP CONSTRAINT "CartItem_pkey",
ADD CONSTRAINT "CartItem_pkey" PRIMARY KEY ("cartId", "variantId"),
ADD CONSTRAINT "CartItem_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TRIGGER "fillVariantId" BEFORE INSERT ON "CartItem" FOR EACH ROW EXECUTE FUNCTION "fillVariantId"();
