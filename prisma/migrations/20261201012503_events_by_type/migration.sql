CREATE INDEX CONCURRENTLY "StripeEvent_type_outcome_created_idx" ON "StripeEvent"("type", "outcome", "created");
