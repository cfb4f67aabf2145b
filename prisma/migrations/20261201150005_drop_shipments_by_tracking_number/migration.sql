-- Nothing looks for a number as it was written: "Shipment_writtenNumber_idx" finds it in any spelling.
DROP INDEX CONCURRENTLY "Shipment_trackingNumber_idx";
