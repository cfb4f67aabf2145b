CREATE INDEX CONCURRENTLY "Mail_failed_idx" ON "Mail"("id") WHERE "sentAt" IS NULL AND NOT "outdated" AND "dueAt" IS NULL AND "attempts" > 0;
