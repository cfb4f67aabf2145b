-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "companyLines" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "name" TEXT NOT NULL DEFAULT 'Till',
ADD COLUMN     "promotionCodes" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "supportEmail" TEXT,
ADD COLUMN     "timeZone" TEXT NOT NULL DEFAULT 'UTC';
