-- A session can have purchases of several variants of a product. The previous release names no index of this table.
SET LOCAL lock_timeout = '5s';

DROP INDEX "PurchaseHistory_stripeSessionId_productId_purchaseSuccess_key";
ALTER TABLE "PurchaseHistory" VALIDATE CONSTRAINT "PurchaseHistory_variantId_fkey";
