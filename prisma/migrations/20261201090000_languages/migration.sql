-- The shop's own language, and that of each order, account and mail. The previous release writes none: those rows are in the
-- shop's language. Adding columns without a value rewrites no rows.
ALTER TABLE "Shop" ADD COLUMN "language" TEXT NOT NULL DEFAULT 'en';
ALTER TABLE "User" ADD COLUMN "locale" TEXT;
ALTER TABLE "Order" ADD COLUMN "locale" TEXT;
ALTER TABLE "Mail" ADD COLUMN "locale" TEXT;
