-- More that the owner decides.
ALTER TABLE "Shop" ADD COLUMN "currency" TEXT NOT NULL DEFAULT 'usd',
ADD COLUMN "tax" TEXT NOT NULL DEFAULT 'none' CHECK (tax IN ('none', 'stripe')),
ADD COLUMN "pricesIncludeTax" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "taxIds" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "phoneNumbers" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "voucherDays" INTEGER NOT NULL DEFAULT 3 CHECK ("voucherDays" BETWEEN 1 AND 7),
ADD COLUMN "backfilled" BOOLEAN NOT NULL DEFAULT false;

-- A new shop has nothing to backfill.
UPDATE "Shop" SET backfilled = NOT EXISTS (SELECT FROM "Order");
