-- Finds the orders that were sold at a price of Stripe's catalog.
CREATE INDEX CONCURRENTLY "OrderItem_stripePriceId_idx" ON "OrderItem"("stripePriceId") WHERE "stripePriceId" IS NOT NULL;
