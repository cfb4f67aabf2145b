-- Orders that need a person. Others are not in it.
CREATE INDEX CONCURRENTLY "Order_needingAttention_idx" ON "Order"("attentionAt") WHERE "attentionAt" IS NOT NULL;
