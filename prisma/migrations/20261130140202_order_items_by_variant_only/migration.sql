-- An order can have several variants of a product.
SET LOCAL lock_timeout = '5s';

DROP INDEX "OrderItem_orderId_productId_key";
ALTER TABLE "OrderItem" VALIDATE CONSTRAINT "OrderItem_variantId_fkey";
