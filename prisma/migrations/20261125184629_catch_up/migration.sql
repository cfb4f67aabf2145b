-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "caughtUpAt" TIMESTAMPTZ(3),
ADD COLUMN     "caughtUpTo" TIMESTAMPTZ(3);
