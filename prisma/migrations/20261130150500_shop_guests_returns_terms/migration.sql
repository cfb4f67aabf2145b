-- More that the owner decides.
ALTER TABLE "Shop" ADD COLUMN     "apiOrigins" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "guestCheckout" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "invoices" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "newOrderMails" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "returnDays" INTEGER NOT NULL DEFAULT 14 CHECK ("returnDays" BETWEEN 0 AND 365),
ADD COLUMN     "termsUrl" TEXT,
ADD COLUMN     "termsVersion" TEXT;
