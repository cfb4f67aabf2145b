-- Finds the order of an invoice that does not name it: that of a payment link.
CREATE INDEX CONCURRENTLY "Order_invoice_idx" ON "Order"("invoiceId") WHERE "invoiceId" IS NOT NULL;
