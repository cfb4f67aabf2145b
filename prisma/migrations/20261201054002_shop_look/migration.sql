-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "accentDark" TEXT,
ADD COLUMN     "accentLight" TEXT,
ADD COLUMN     "logo" TEXT;
