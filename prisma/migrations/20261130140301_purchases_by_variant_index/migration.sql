CREATE UNIQUE INDEX CONCURRENTLY "PurchaseHistory_stripeSessionId_variantId_purchaseSuccess_key" ON "PurchaseHistory"("stripeSessionId", (coalesce("variantId", "productId")), "purchaseSuccess");
