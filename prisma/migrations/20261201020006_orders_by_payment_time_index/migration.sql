-- What was paid today. BRIN, which costs next to nothing when an order is paid.
CREATE INDEX CONCURRENTLY "Order_paidAt_idx" ON "Order" USING BRIN ("paidAt");
