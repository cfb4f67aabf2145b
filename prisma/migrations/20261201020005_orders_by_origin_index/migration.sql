-- Orders by origin. Most come from the shop's pages, which the list finds without it.
CREATE INDEX CONCURRENTLY "Order_origin_idx" ON "Order"("origin") WHERE "origin" <> 'shop';
