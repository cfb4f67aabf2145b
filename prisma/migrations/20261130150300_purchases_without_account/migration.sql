-- Purchases without an account.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "PurchaseHistory" ALTER COLUMN "userId" DROP NOT NULL;
