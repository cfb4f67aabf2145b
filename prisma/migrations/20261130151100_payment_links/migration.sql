-- Links at Stripe that sell a variant, and the shipping rates that they offer.
CREATE TABLE "PaymentLink" (
    "id" TEXT NOT NULL,
    "variantId" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "unitAmount" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "taxBehavior" TEXT NOT NULL,
    "automaticTax" BOOLEAN NOT NULL,
    "promotionCodes" BOOLEAN NOT NULL,
    "createsInvoice" BOOLEAN NOT NULL,
    "requiresShipping" BOOLEAN NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PaymentLink_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "PaymentLink_variantId_idx" ON "PaymentLink"("variantId");

ALTER TABLE "PaymentLink" ADD CONSTRAINT "PaymentLink_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "StripeShippingRate" (
    "id" TEXT NOT NULL,
    "shippingRateId" INTEGER,
    "name" TEXT NOT NULL,
    "countries" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "amount" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "taxBehavior" TEXT NOT NULL,
    "minDays" INTEGER,
    "maxDays" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StripeShippingRate_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "StripeShippingRate_shippingRateId_idx" ON "StripeShippingRate"("shippingRateId");

ALTER TABLE "StripeShippingRate" ADD CONSTRAINT "StripeShippingRate_shippingRateId_fkey" FOREIGN KEY ("shippingRateId") REFERENCES "ShippingRate"("id") ON DELETE SET NULL ON UPDATE CASCADE;
