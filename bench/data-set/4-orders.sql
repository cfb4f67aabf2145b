-- The planned orders with their items, attempts and purchases, as checkout and settlement write them.
INSERT INTO "Order" (id, key, "userId", "guestHash", email, network, currency, "itemsTotal", "discountTotal", "shippingTotal",
  "taxTotal", total, "taxBehavior", "automaticTax", "deliveryCountry", "shippingRateId", "shippingRateName", "deliveryMinDays",
  "deliveryMaxDays", "shippingAddress", "billingDetails", "invoiceId", "invoicePdf", "invoiceUrl", fulfilment, status, "paidAt",
  "amountPaid", "amountRefunded", "stockHeld", "needsAttention", "attentionAt", "createdAt", "updatedAt")
SELECT n, key, "userId", CASE WHEN "userId" IS NULL THEN encode(sha256(('guest ' || n)::bytea), 'hex') END, email,
  md5('network ' || building.roll(n, 51, 100000)), currency, "itemsTotal", "discountTotal", "shippingTotal", "taxTotal", total,
  'exclusive', n % 3 = 0, CASE WHEN "linesToSend" > 0 THEN 'US' END, CASE WHEN "linesToSend" > 0 THEN rate.id END,
  CASE WHEN "linesToSend" > 0 THEN 'Standard' END, CASE WHEN "linesToSend" > 0 THEN 3 END, CASE WHEN "linesToSend" > 0 THEN 5 END,
  CASE WHEN "isPaid" AND "linesToSend" > 0 THEN addressee END, CASE WHEN "isPaid" THEN addressee || '{"taxIds": []}' END,
  CASE WHEN "isPaid" THEN invoice END,
  CASE WHEN "isPaid" THEN 'https://pay.stripe.com/invoice/' || invoice || '/pdf' END,
  CASE WHEN "isPaid" THEN 'https://invoice.stripe.com/i/' || invoice END,
  fulfilment, CASE fate WHEN 'dispute_won' THEN 'paid' ELSE fate END::"OrderStatus",
  CASE WHEN "isPaid" THEN "decidedAt" END, CASE WHEN "isPaid" THEN total END,
  CASE fate WHEN 'refunded' THEN total WHEN 'partially_refunded' THEN total / 2 ELSE 0 END, "isPaid",
  CASE WHEN fate = 'disputed' THEN format('Dispute %s over %s%s (fraudulent): answer by %s.', dispute,
    CASE currency WHEN 'eur' THEN '€' ELSE '$' END, to_char(total / 100.0, 'FM999,999,990.00'),
    to_char("decidedAt" + interval '21 days', 'YYYY-MM-DD')) END,
  CASE WHEN fate = 'disputed' THEN "decidedAt" END, "createdAt", "decidedAt"
FROM building."order" CROSS JOIN building.address
  LEFT JOIN (SELECT min(id) AS id FROM "ShippingRate" WHERE name = 'Standard') AS rate ON true,
  LATERAL (SELECT jsonb_build_object('name', name, 'address', address) AS addressee) AS delivery
ORDER BY n;

INSERT INTO "OrderItem" (id, "orderId", "productId", "variantId", name, "variantName", sku, image, "unitAmount", quantity)
SELECT id, n, "productId", "variantId", name, "variantName", sku, image, "unitAmount", quantity FROM building.item ORDER BY id;

INSERT INTO "CheckoutAttempt" (id, "orderId", number, status, "stripeSessionId", "paymentIntentId", "expiresAt", "promotionCodes",
  "createsInvoice", "amountDiscount", "amountShipping", "amountTax", "amountTotal", collected, "processingAt", "failedAt", "paidAt",
  "createdAt")
SELECT attempt, n, 1, CASE fate WHEN 'failed' THEN 'failed' WHEN 'expired' THEN 'expired' ELSE 'paid' END::"AttemptStatus", session,
  CASE WHEN fate <> 'expired' THEN intent END, "createdAt" + interval '31 minutes', true, true, "discountTotal",
  CASE WHEN fate <> 'expired' THEN "shippingTotal" ELSE 0 END, "taxTotal", CASE WHEN fate <> 'expired' THEN total END,
  CASE WHEN fate <> 'expired' THEN jsonb_build_object('shipping', CASE WHEN "linesToSend" > 0 THEN addressee END, 'phone', NULL,
    'billing', addressee, 'taxIds', '[]'::jsonb) END,
  CASE WHEN "isDelayed" THEN "completedAt" END, CASE WHEN fate = 'failed' THEN "decidedAt" END,
  CASE WHEN "isPaid" THEN "decidedAt" END, "createdAt"
FROM building."order" CROSS JOIN building.address,
  LATERAL (SELECT jsonb_build_object('name', name, 'address', address) AS addressee) AS delivery
ORDER BY n;

INSERT INTO "PurchaseHistory" ("productId", "userId", "orderId", "variantId", "productName", "variantName", "purchaseSuccess",
  quantity, amount, currency, "stripeSessionId", "createdAt")
SELECT item."productId", "userId", n, item."variantId", item.name, item."variantName", "isPaid", item.quantity,
  item."unitAmount" * item.quantity - "discountTotal", "order".currency, session, "decidedAt"
FROM building."order" JOIN building.item USING (n) WHERE fate <> 'expired' ORDER BY n, line;
