CREATE INDEX CONCURRENTLY "Mail_kind_id_idx" ON "Mail"("kind", "id");
