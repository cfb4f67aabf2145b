-- Mails that wait. Sent ones are not in it.
CREATE INDEX CONCURRENTLY "Mail_due_idx" ON "Mail"("dueAt") WHERE "dueAt" IS NOT NULL;
