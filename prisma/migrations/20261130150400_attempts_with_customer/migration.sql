-- What Stripe was told of the shopper, and whether it makes an invoice.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "CheckoutAttempt" ADD COLUMN     "createsInvoice" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "customerId" TEXT;
