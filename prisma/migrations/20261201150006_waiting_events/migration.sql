-- Events that wait for a retry. Handled ones, which are nearly all, are not in it.
CREATE INDEX CONCURRENTLY "StripeEvent_retry_idx" ON "StripeEvent"("retryAt") WHERE "retryAt" IS NOT NULL;
