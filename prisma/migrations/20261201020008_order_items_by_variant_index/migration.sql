-- Orders of a variant, newest first.
CREATE INDEX CONCURRENTLY "OrderItem_variantId_orderId_idx" ON "OrderItem"("variantId", "orderId");
