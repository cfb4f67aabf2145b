-- Orders by the tracking number of a shipment.
CREATE INDEX CONCURRENTLY "Shipment_trackingNumber_idx" ON "Shipment"("trackingNumber");
