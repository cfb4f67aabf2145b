-- Finds the orders that were paid with a promotion code.
CREATE INDEX CONCURRENTLY "CheckoutAttempt_promotionCode_idx" ON "CheckoutAttempt"((collected->>'promotionCode')) WHERE collected->>'promotionCode' IS NOT NULL;
