-- Stripe's events about the planned orders, all handled, and as many others as are missing: most are of types that the shop
-- ignores, some belong to another app, and few could not be handled.
CREATE FUNCTION building.payload(id text, type text, created timestamptz, object text) RETURNS text LANGUAGE sql AS $$
  SELECT format('{"id":"%s","object":"event","api_version":"2025-09-30.clover","created":%s,"data":{"object":%s},"livemode":false,'
    '"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"%s"}', id, extract(epoch FROM created)::bigint,
    object, type)
$$;

INSERT INTO "StripeEvent" (id, type, created, livemode, "apiVersion", payload, "orderId", outcome, attempts, "receivedAt", "handledAt")
SELECT id, type, date_trunc('second', at), false, '2025-09-30.clover', building.payload(id, type, at, format(
    '{"id":"%s","object":"%s","amount_total":%s,"currency":"%s","client_reference_id":"%s","customer_email":"%s",'
    '"metadata":{"app":"%s","order_key":"%s","attempt_id":"%s"},"payment_intent":"%s","payment_status":"%s","status":"complete"}',
    object_id, object, total, currency, key, email, shop, key, attempt, intent, CASE WHEN "isPaid" THEN 'paid' ELSE 'unpaid' END)),
  n, 'done', 1, at + interval '1 second', at + interval '1 second'
FROM building."order" CROSS JOIN (SELECT 'till-' || "appId" AS shop FROM "Shop") AS app,
  LATERAL (VALUES
    ('a', 'checkout.session.expired', fate = 'expired', "createdAt" + interval '31 minutes', session, 'checkout.session'),
    ('b', 'checkout.session.completed', fate <> 'expired', "completedAt", session, 'checkout.session'),
    ('c', 'checkout.session.async_payment_succeeded', "isPaid" AND "isDelayed", "decidedAt", session, 'checkout.session'),
    ('d', 'checkout.session.async_payment_failed', fate = 'failed', "decidedAt", session, 'checkout.session'),
    ('e', 'invoice.paid', "isPaid", "decidedAt", invoice, 'invoice'),
    ('f', 'refund.created', fate IN ('refunded', 'partially_refunded'), "decidedAt" + interval '9 minutes', refund, 'refund'),
    ('g', 'refund.updated', fate IN ('refunded', 'partially_refunded'), "decidedAt" + interval '10 minutes', refund, 'refund'),
    ('h', 'charge.dispute.created', fate IN ('charged_back', 'dispute_won', 'disputed'), "decidedAt", dispute, 'dispute'),
    ('i', 'charge.dispute.closed', fate IN ('charged_back', 'dispute_won'), "decidedAt" + interval '30 days', dispute, 'dispute')
  ) AS event (letter, type, applies, at, object_id, object),
  LATERAL (SELECT 'evt_1' || left(hash, 22) || letter AS id) AS named
WHERE applies ORDER BY at;

INSERT INTO "StripeEvent" (id, type, created, livemode, "apiVersion", payload, outcome, detail, attempts, "lastError", "receivedAt",
  "handledAt")
SELECT id, type, date_trunc('second', at), false, '2025-09-30.clover', building.payload(id, type, at, format(
    '{"id":"pi_%s","object":"payment_intent","amount":%s,"currency":"usd","latest_charge":"ch_%s","payment_method":"pm_%s",'
    '"payment_method_types":["card"],"status":"succeeded","metadata":{}}', left(hash, 24), 100 + m, left(hash, 24), left(hash, 24))),
  outcome::"EventOutcome", CASE outcome WHEN 'ignored' THEN 'ignored on purpose' WHEN 'not_ours' THEN 'app another-shop'
    WHEN 'quarantined' THEN 'The session has no currency.' END,
  CASE outcome WHEN 'failed' THEN 9 ELSE 1 END, CASE outcome WHEN 'failed' THEN 'The database did not answer within 9 seconds.' END,
  at + interval '1 second', CASE WHEN outcome <> 'failed' THEN at + interval '1 second' END
FROM building.size AS size CROSS JOIN (SELECT count(*)::int AS known FROM "StripeEvent") AS counted,
  generate_series(1, size.events - known) AS m,
  LATERAL (SELECT md5('event ' || m) AS hash, size.today - interval '2 hours' - m * (interval '729 days' / size.events) AS at,
    CASE WHEN m % 5000 = 1 THEN 'failed' WHEN m % 5000 = 2 THEN 'quarantined' WHEN m % 10 = 3 THEN 'not_ours' ELSE 'ignored' END
      AS outcome) AS decided,
  LATERAL (SELECT 'evt_3' || left(hash, 23) AS id, CASE WHEN outcome = 'ignored'
    THEN (ARRAY['payment_intent.succeeded', 'charge.succeeded', 'payment_intent.created'])[1 + m % 3]
    ELSE 'checkout.session.completed' END AS type) AS named;

INSERT INTO "Incident" (kind, subject, message, "createdAt", "resolvedAt", "resolvedBy", note)
SELECT 'event_' || outcome, id, coalesce("lastError", detail), "receivedAt",
  CASE WHEN NOT recent THEN "receivedAt" + interval '1 day' END, CASE WHEN NOT recent THEN 'operator' END,
  CASE WHEN NOT recent THEN 'Refunded in the dashboard.' END
FROM "StripeEvent", building.size AS size, LATERAL (SELECT "receivedAt" > size.today - interval '30 days' AS recent) AS age
WHERE outcome IN ('failed', 'quarantined');
