-- Lists checkouts that were not completed, by what became of them.
CREATE INDEX CONCURRENTLY "Order_unpaid_idx" ON "Order"("status", "id") WHERE "status" IN ('pending', 'processing', 'failed', 'expired');
