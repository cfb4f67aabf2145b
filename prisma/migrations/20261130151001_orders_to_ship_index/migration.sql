-- Lists the orders that are to be shipped, oldest first.
CREATE INDEX CONCURRENTLY "Order_toShip_idx" ON "Order"("id") WHERE "deliveryCountry" IS NOT NULL AND "status" IN ('paid', 'partially_refunded') AND "fulfilment" IN ('none', 'partly_shipped');
