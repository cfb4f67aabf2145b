-- Lists events of an outcome, the newest first. Most are done: the index on "created" finds those soon.
CREATE INDEX CONCURRENTLY "StripeEvent_outcome_created_idx" ON "StripeEvent"("outcome", "created") WHERE "outcome" <> 'done';
