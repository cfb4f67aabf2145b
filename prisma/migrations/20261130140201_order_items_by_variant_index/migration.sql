CREATE UNIQUE INDEX CONCURRENTLY "OrderItem_orderId_variantId_key" ON "OrderItem"("orderId", "variantId");
