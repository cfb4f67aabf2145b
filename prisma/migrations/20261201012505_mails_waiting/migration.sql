CREATE INDEX CONCURRENTLY "Mail_waiting_idx" ON "Mail"("id") WHERE "sentAt" IS NULL AND NOT "outdated" AND ("dueAt" IS NOT NULL OR "attempts" = 0);
