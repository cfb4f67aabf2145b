-- Shoppers whose customer at Stripe has an old name or email.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "User" ADD COLUMN "customerUpdateDueAt" TIMESTAMPTZ(3);

-- The column is new, so no row is in this index: building it only reads the accounts, in a moment.
CREATE INDEX "User_customerUpdateDueAt_idx" ON "User"("customerUpdateDueAt") WHERE "customerUpdateDueAt" IS NOT NULL;
