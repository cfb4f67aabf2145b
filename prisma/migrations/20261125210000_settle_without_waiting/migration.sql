-- For changes of orders that were worked out without a lock: locks the payment intents, then the orders, each in the order
-- given, and raises TL001 unless all is still as it was read. A function, because each of its statements sees what was
-- committed while the one before waited; the statement that calls it does not.
CREATE FUNCTION "lockUnchanged"(intents text[], ids int[], versions text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  unchanged int;
BEGIN
  IF cardinality(intents) > 0 THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest(intents) AS intent;
    -- A refund or dispute that came before its payment, and was stored since.
    IF EXISTS (SELECT FROM "Refund" WHERE "paymentIntentId" = ANY (intents) AND "orderId" IS NULL)
      OR EXISTS (SELECT FROM "Dispute" WHERE "paymentIntentId" = ANY (intents) AND "orderId" IS NULL)
    THEN
      RAISE EXCEPTION 'a refund or dispute waits for its order' USING ERRCODE = 'TL001';
    END IF;
  END IF;

  SELECT count(*) INTO unchanged
  FROM (SELECT id, xmin::text AS version FROM "Order" WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE) AS locked
  JOIN unnest(ids, versions) AS wanted (id, version) USING (id, version);
  IF unchanged <> cardinality(ids) THEN
    RAISE EXCEPTION 'an order has changed since it was read' USING ERRCODE = 'TL001';
  END IF;
END
$$;

-- Costs a fraction of PostgreSQL's own compression, where the server was built with it.
DO $$
BEGIN
  ALTER TABLE "StripeEvent" ALTER COLUMN payload SET COMPRESSION lz4;
EXCEPTION
  WHEN feature_not_supported THEN NULL;
END
$$;
