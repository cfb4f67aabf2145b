-- AlterTable
ALTER TABLE "CartItem" ADD COLUMN     "currency" TEXT NOT NULL,
ADD COLUMN     "unitAmount" INTEGER NOT NULL;
