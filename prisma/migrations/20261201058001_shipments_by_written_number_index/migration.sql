-- Orders by the tracking number of a shipment, however it is spaced.
CREATE INDEX CONCURRENTLY "Shipment_writtenNumber_idx" ON "Shipment"(upper(replace("trackingNumber", ' ', '')));
