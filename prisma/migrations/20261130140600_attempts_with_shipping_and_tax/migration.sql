-- What Stripe's page was asked for, and what came of it.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "CheckoutAttempt" ADD COLUMN "promotionCodes" BOOLEAN,
ADD COLUMN "collectsPhone" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "collectsTaxIds" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "voucherDays" INTEGER,
ADD COLUMN "amountShipping" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "amountTax" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "collected" JSONB;
