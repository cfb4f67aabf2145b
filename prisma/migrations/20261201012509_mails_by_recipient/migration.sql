CREATE INDEX CONCURRENTLY "Mail_to_id_idx" ON "Mail"("to", "id");
