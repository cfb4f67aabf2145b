-- For how long what Stripe's events and our mails say is kept, and up to where it was erased.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Shop" ADD COLUMN "eventDays" INTEGER NOT NULL DEFAULT 90,
ADD COLUMN "mailDays" INTEGER NOT NULL DEFAULT 365;

CREATE TABLE "RetentionProgress" (
    "what" TEXT NOT NULL,
    "after" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "RetentionProgress_pkey" PRIMARY KEY ("what")
);

INSERT INTO "RetentionProgress" ("what") VALUES ('mails'), ('events');
