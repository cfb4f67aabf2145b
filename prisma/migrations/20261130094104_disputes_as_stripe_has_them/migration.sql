SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "Dispute" ADD COLUMN "largeAmount" BIGINT,
ADD COLUMN "stripeStatus" TEXT;
