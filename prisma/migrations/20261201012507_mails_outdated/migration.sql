CREATE INDEX CONCURRENTLY "Mail_outdated_idx" ON "Mail"("id") WHERE "outdated";
