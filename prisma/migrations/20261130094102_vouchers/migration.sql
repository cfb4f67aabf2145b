SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "CheckoutAttempt" ADD COLUMN "voucherUrl" TEXT,
ADD COLUMN "payBy" TIMESTAMPTZ(3);
