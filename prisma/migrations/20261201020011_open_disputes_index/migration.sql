-- Disputes to answer, the most urgent first.
CREATE INDEX CONCURRENTLY "Dispute_toAnswer_idx" ON "Dispute"("evidenceDueBy") WHERE "status" IN ('needs_response', 'warning_needs_response');
