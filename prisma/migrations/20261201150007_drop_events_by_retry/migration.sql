-- "StripeEvent_retry_idx" takes its place.
DROP INDEX CONCURRENTLY "StripeEvent_retryAt_idx";
