SET LOCAL lock_timeout = '5s';

CREATE TRIGGER "Dispute_counts" AFTER INSERT OR UPDATE ON "Dispute" FOR EACH ROW EXECUTE FUNCTION "disputeCounts"();
