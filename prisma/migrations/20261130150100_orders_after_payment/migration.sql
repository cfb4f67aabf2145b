-- Orders without an account, what becomes of an order after its payment, and how it began.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Order" ADD COLUMN     "canceledAt" TIMESTAMPTZ(3),
ADD COLUMN     "correctedAddress" JSONB,
ADD COLUMN     "fulfilment" TEXT NOT NULL DEFAULT 'none',
ADD COLUMN     "guestHash" TEXT,
ADD COLUMN     "invoiceId" TEXT,
ADD COLUMN     "invoicePdf" TEXT,
ADD COLUMN     "invoiceUrl" TEXT,
ADD COLUMN     "origin" TEXT NOT NULL DEFAULT 'shop',
ADD COLUMN     "termsAcceptedAt" TIMESTAMPTZ(3),
ADD COLUMN     "termsVersion" TEXT,
ALTER COLUMN "userId" DROP NOT NULL;
