-- "Mail_due_idx" takes its place.
DROP INDEX CONCURRENTLY "Mail_dueAt_idx";
