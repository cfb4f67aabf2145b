-- What delivery costs.
CREATE TABLE "ShippingRate" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "countries" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "amount" INTEGER NOT NULL CHECK (amount >= 0),
    "currency" TEXT NOT NULL,
    "freeFrom" INTEGER CHECK ("freeFrom" >= 1),
    "minDays" INTEGER CHECK ("minDays" >= 1),
    "maxDays" INTEGER CHECK ("maxDays" >= "minDays"),
    "active" BOOLEAN NOT NULL DEFAULT true,
    "position" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ShippingRate_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "ShippingRate_active_position_idx" ON "ShippingRate"("active", "position");
