SET LOCAL lock_timeout = '5s';

CREATE TRIGGER "Refund_counts" AFTER INSERT OR UPDATE ON "Refund" FOR EACH ROW EXECUTE FUNCTION "refundCounts"();
