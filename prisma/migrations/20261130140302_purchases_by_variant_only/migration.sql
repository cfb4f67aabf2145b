-- A session can have purchases of several variants of a product. The previous release names no index of this table. The index
-- comes last: dropping it keeps readers out until the end.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "PurchaseHistory" VALIDATE CONSTRAINT "PurchaseHistory_variantId_fkey";
DROP INDEX "PurchaseHistory_stripeSessionId_productId_purchaseSuccess_key";
