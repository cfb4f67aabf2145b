-- Orders of carts. Those of other origins, and of carts that are gone, are not in it.
CREATE INDEX CONCURRENTLY "Order_ofCarts_idx" ON "Order"("cartId") WHERE "cartId" IS NOT NULL;
