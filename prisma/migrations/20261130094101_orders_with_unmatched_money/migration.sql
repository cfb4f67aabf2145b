SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "Order" ADD COLUMN "holdsUnmatched" BOOLEAN NOT NULL DEFAULT false;
