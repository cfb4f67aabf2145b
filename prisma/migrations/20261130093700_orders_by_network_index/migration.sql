-- Counts a network's unpaid orders. Partial, because no order has a network yet: on a large table, building it only reads.
CREATE INDEX "Order_network_createdAt_idx" ON "Order"("network", "createdAt") WHERE "network" IS NOT NULL;
