-- Refunds of a day.
CREATE INDEX CONCURRENTLY "Refund_succeeded_idx" ON "Refund"(coalesce("succeededAt", "createdAt")) WHERE "status" = 'succeeded';
