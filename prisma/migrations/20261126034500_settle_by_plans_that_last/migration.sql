-- The same checks as before. Each array stands in a subquery of its own: so the planner sees no lengths, finds that one
-- plan is as good as the next, and keeps the one that it has instead of making one for each call.
CREATE OR REPLACE FUNCTION "lockUnchanged"(intents text[], ids int[], versions text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  unchanged int;
BEGIN
  IF cardinality(intents) > 0 THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest((SELECT intents)) AS intent;
    -- A refund or dispute that came before its payment, and was stored since. Looked for by the intent, however many
    -- there are that belong to no order.
    IF EXISTS (
        SELECT FROM (
          SELECT "orderId" FROM "Refund" WHERE "paymentIntentId" = ANY ((SELECT intents)::text[])
          UNION ALL
          SELECT "orderId" FROM "Dispute" WHERE "paymentIntentId" = ANY ((SELECT intents)::text[])
          OFFSET 0
        ) AS known
        WHERE "orderId" IS NULL)
    THEN
      RAISE EXCEPTION 'a refund or dispute waits for its order' USING ERRCODE = 'TL001';
    END IF;
  END IF;

  SELECT count(*) INTO unchanged
  FROM (
    SELECT id, xmin::text AS version FROM "Order" WHERE id = ANY ((SELECT ids)::int[]) ORDER BY id FOR NO KEY UPDATE
  ) AS locked
  JOIN unnest((SELECT ids), (SELECT versions)) AS wanted (id, version) USING (id, version);
  IF unchanged <> cardinality(ids) THEN
    RAISE EXCEPTION 'an order has changed since it was read' USING ERRCODE = 'TL001';
  END IF;
END
$$;

-- The event as Stripe sent it: its JSON has been read when it comes here, and need not be checked once more.
ALTER TABLE "StripeEvent" ALTER COLUMN payload SET DATA TYPE text;

-- PostgreSQL's own compression takes longer than all else that keeps an event; where the server has nothing better, an
-- event is kept as it is.
DO $$
BEGIN
  ALTER TABLE "StripeEvent" ALTER COLUMN payload SET COMPRESSION lz4;
EXCEPTION
  WHEN feature_not_supported THEN ALTER TABLE "StripeEvent" ALTER COLUMN payload SET STORAGE EXTERNAL;
END
$$;
