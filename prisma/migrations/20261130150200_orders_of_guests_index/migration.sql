-- Finds a browser's orders. Partial, because no order has one yet: on a large table, building it only reads.
CREATE INDEX "Order_guestHash_idx" ON "Order"("guestHash") WHERE "guestHash" IS NOT NULL;
