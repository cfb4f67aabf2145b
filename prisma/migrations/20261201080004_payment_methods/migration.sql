-- What a checkout was paid with, for receipts. Filled when a receipt is first opened.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "CheckoutAttempt" ADD COLUMN "paymentMethod" JSONB;
