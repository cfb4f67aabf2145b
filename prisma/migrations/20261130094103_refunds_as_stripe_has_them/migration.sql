SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "Refund" ADD COLUMN "largeAmount" BIGINT,
ADD COLUMN "stripeStatus" TEXT,
ADD COLUMN "refusedLater" BOOLEAN NOT NULL DEFAULT false;
