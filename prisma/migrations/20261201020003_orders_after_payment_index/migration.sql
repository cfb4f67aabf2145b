-- Orders that were refunded or disputed.
CREATE INDEX CONCURRENTLY "Order_afterPayment_idx" ON "Order"("status", "id") WHERE "status" IN ('partially_refunded', 'refunded', 'disputed', 'charged_back');
