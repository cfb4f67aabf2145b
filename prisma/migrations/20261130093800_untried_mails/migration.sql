-- Finds the mails that are written without a time, see src/outbox/write-mails.ts. On a large table, building it only reads.
CREATE INDEX "Mail_untried_idx" ON "Mail"("id") WHERE "dueAt" IS NULL AND "attempts" = 0;
