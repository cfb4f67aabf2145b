-- CreateIndex
CREATE INDEX "Order_createdAt_idx" ON "Order" USING BRIN ("createdAt");
