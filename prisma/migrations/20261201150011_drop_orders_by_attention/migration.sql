-- "Order_needingAttention_idx" takes its place.
DROP INDEX CONCURRENTLY "Order_attentionAt_idx";
