-- Shipments, refunds, disputes, returns and mails of the planned orders.
INSERT INTO "Shipment" (id, "orderId", carrier, "trackingNumber", "trackingUrl", "shippedAt", "deliveredAt")
SELECT n, n, 'UPS', '1Z' || upper(left(hash, 16)), 'https://www.ups.com/track?tracknum=1Z' || upper(left(hash, 16)),
  "decidedAt" + interval '1 day', CASE WHEN fulfilment = 'delivered' THEN "decidedAt" + interval '5 days' END
FROM building."order" WHERE fulfilment <> 'none' ORDER BY n;

INSERT INTO "ShipmentItem" ("shipmentId", "orderItemId", quantity)
SELECT n, item.id, item.quantity FROM building."order" JOIN building.item USING (n)
WHERE fulfilment <> 'none' AND item."requiresShipping" AND (fulfilment <> 'partly_shipped' OR NOT EXISTS (
  SELECT FROM building.item earlier WHERE earlier.n = item.n AND earlier.line < item.line AND earlier."requiresShipping"))
ORDER BY n;

INSERT INTO "Refund" (id, "stripeRefundId", "orderId", "paymentIntentId", amount, currency, status, reason, "succeededAt", "createdAt")
SELECT "refundId", refund, n, intent, CASE fate WHEN 'refunded' THEN total ELSE total / 2 END, currency, 'succeeded',
  'requested_by_customer', "decidedAt" + interval '10 minutes', "decidedAt" + interval '9 minutes'
FROM building."order" WHERE fate IN ('refunded', 'partially_refunded') ORDER BY n;

INSERT INTO "Dispute" (id, "orderId", "paymentIntentId", amount, currency, reason, status, "evidenceDueBy", "disputedAt", "closedAt",
  "createdAt")
SELECT dispute, n, intent, total, currency, 'fraudulent',
  CASE fate WHEN 'charged_back' THEN 'lost' WHEN 'dispute_won' THEN 'won' ELSE 'needs_response' END::"DisputeStatus",
  "decidedAt" + interval '21 days', "decidedAt", CASE WHEN fate <> 'disputed' THEN "decidedAt" + interval '30 days' END, "decidedAt"
FROM building."order" WHERE fate IN ('charged_back', 'dispute_won', 'disputed') ORDER BY n;

-- Refunded orders that were delivered came back. Some of the last weeks' are on their way back, or wait for an answer.
INSERT INTO "Return" (id, key, "orderId", status, reason, answer, "refundId", "createdAt", "acceptedAt", "receivedAt", "declinedAt",
  "refundedAt")
SELECT n, "returnKey", n, state, 'It is smaller than I thought.', CASE WHEN state <> 'requested' THEN 'Send it to our workshop.' END,
  CASE WHEN state = 'refunded' THEN "refundId" END, asked,
  CASE WHEN state IN ('accepted', 'received', 'refunded') THEN asked + interval '1 hour' END,
  CASE WHEN state IN ('received', 'refunded') THEN asked + interval '1 day' END,
  CASE WHEN state = 'declined' THEN asked + interval '1 hour' END, CASE WHEN state = 'refunded' THEN asked + interval '2 days' END
FROM building."order",
  LATERAL (SELECT "decidedAt" + interval '6 days' AS asked, CASE
    WHEN fate IN ('refunded', 'partially_refunded') THEN 'refunded'
    ELSE (ARRAY['requested', 'accepted', 'received', 'declined'])[1 + building.roll(n, 61, 4)] END AS state) AS decided
WHERE fulfilment = 'delivered' AND (fate IN ('refunded', 'partially_refunded')
  OR fate = 'paid' AND age BETWEEN interval '9 days' AND interval '20 days' AND building.roll(n, 62, 50) = 0)
ORDER BY n;

INSERT INTO "ReturnItem" ("returnId", "orderItemId", quantity)
SELECT returned.id, item.id, item.quantity FROM "Return" AS returned JOIN building.item ON item.n = returned."orderId"
WHERE item."requiresShipping" ORDER BY returned.id;

-- One in ten thousand could not be sent.
INSERT INTO "Mail" (kind, "orderId", about, "to", subject, text, html, attempts, "lastError", "sentAt", "dueAt", "createdAt")
SELECT kind::"MailKind", n, about, email, CASE WHEN NOT failed THEN subject END, CASE WHEN NOT failed THEN text END,
  CASE WHEN NOT failed THEN '<p>' || text || '</p>' END, CASE WHEN failed THEN 8 ELSE 1 END,
  CASE WHEN failed THEN '550 5.1.1 No such user' END, CASE WHEN NOT failed THEN at + interval '2 seconds' END, NULL, at
FROM building."order",
  LATERAL (VALUES
    ('payment_on_its_way', "isDelayed", '', "completedAt", 'Your payment is on its way'),
    ('purchase_succeeded', "isPaid", '', "decidedAt", 'Your order'),
    ('purchase_failed', fate = 'failed', '', "decidedAt", 'Your payment failed'),
    ('refund_succeeded', fate IN ('refunded', 'partially_refunded'), refund, "decidedAt" + interval '10 minutes', 'Your refund'),
    ('shipment_sent', fulfilment <> 'none', n::text, "decidedAt" + interval '1 day', 'Your order is on its way'),
    ('shipment_delivered', fulfilment = 'delivered', n::text, "decidedAt" + interval '5 days', 'Your order has arrived')
  ) AS mail (kind, applies, about, at, subject),
  LATERAL (SELECT building.roll(n, 63, 10000) = 0 AS failed, format('Hello %s, this is about your order T-%s over %s %s.', name,
    upper(substr(key, 5, 8)), to_char(total / 100.0, 'FM999,990.00'), upper(currency)) AS text) AS written
WHERE applies ORDER BY n;

INSERT INTO "Incident" (kind, subject, "orderId", message, "createdAt", "resolvedAt", "resolvedBy", note)
SELECT 'mail_failed', m.id::text, "orderId", "lastError", "createdAt", CASE WHEN NOT recent THEN "createdAt" + interval '1 day' END,
  CASE WHEN NOT recent THEN 'operator' END, CASE WHEN NOT recent THEN 'Called the customer.' END
FROM "Mail" m, building.size AS size, LATERAL (SELECT "createdAt" > size.today - interval '30 days' AS recent) AS age
WHERE "sentAt" IS NULL;
