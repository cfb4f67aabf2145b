-- An order can have several variants of a product. The index comes last: dropping it keeps readers out until the end.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "OrderItem" VALIDATE CONSTRAINT "OrderItem_variantId_fkey";
DROP INDEX "OrderItem_orderId_productId_key";
