CREATE INDEX CONCURRENTLY "Order_canceled_idx" ON "Order"("id") WHERE "canceledAt" IS NOT NULL;
