-- Stripe's fee for a payment, once it is known.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "CheckoutAttempt" ADD COLUMN "stripeFee" INTEGER,
ADD COLUMN "stripeFeeCurrency" TEXT;
