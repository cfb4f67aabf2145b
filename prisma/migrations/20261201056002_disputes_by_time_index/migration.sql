-- Disputes that were lost on a day.
CREATE INDEX CONCURRENTLY "Dispute_lost_idx" ON "Dispute"(coalesce("closedAt", "createdAt")) WHERE "status" = 'lost';
