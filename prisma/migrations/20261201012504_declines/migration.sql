-- Finds the declined payments of an order. Their events have no "orderId": the shopper can still pay.
CREATE INDEX CONCURRENTLY "StripeEvent_decline_idx" ON "StripeEvent"((substring("payload" from '"order_key":\s*"(ord_\w+)"'))) WHERE "type" = 'payment_intent.payment_failed';
