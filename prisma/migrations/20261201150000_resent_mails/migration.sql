-- A mail that is sent again is a row of its own, which names the first one.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Mail" ADD COLUMN "resendOf" INTEGER,
ADD COLUMN "resends" INTEGER NOT NULL DEFAULT 0;
