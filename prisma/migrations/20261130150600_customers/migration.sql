-- Shoppers as customers of Stripe.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "User" ADD COLUMN     "customerKey" TEXT,
ADD COLUMN     "stripeCustomerId" TEXT;
