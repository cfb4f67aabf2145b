-- AlterTable
ALTER TABLE "Product" ADD COLUMN "requestKey" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "Product_requestKey_key" ON "Product"("requestKey");
