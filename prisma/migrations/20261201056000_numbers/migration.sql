-- The shop's numbers by day, which a background loop adds up apart from payments: an index or a trigger on the tables that each
-- payment writes would slow payments down.
CREATE TABLE "DayNumbers" (
    "day" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "placed" INTEGER NOT NULL DEFAULT 0,
    "placedPaid" INTEGER NOT NULL DEFAULT 0,
    "placedExpired" INTEGER NOT NULL DEFAULT 0,
    "placedFailed" INTEGER NOT NULL DEFAULT 0,
    "orders" INTEGER NOT NULL DEFAULT 0,
    "revenue" BIGINT NOT NULL DEFAULT 0,
    "refunds" INTEGER NOT NULL DEFAULT 0,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "disputesLost" INTEGER NOT NULL DEFAULT 0,
    "lost" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "DayNumbers_pkey" PRIMARY KEY ("day", "currency", "country", "origin")
);

CREATE TABLE "DayProduct" (
    "day" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "productId" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "revenue" BIGINT NOT NULL,

    CONSTRAINT "DayProduct_pkey" PRIMARY KEY ("day", "currency", "productId")
);
CREATE INDEX "DayProduct_productId_day_idx" ON "DayProduct"("productId", "day");

CREATE TABLE "YearProduct" (
    "currency" TEXT NOT NULL,
    "productId" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "revenue" BIGINT NOT NULL,

    CONSTRAINT "YearProduct_pkey" PRIMARY KEY ("currency", "productId")
);
CREATE INDEX "YearProduct_currency_units_idx" ON "YearProduct"("currency", "units");

CREATE TABLE "NumbersProgress" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "timeZone" TEXT NOT NULL DEFAULT '',
    "builtFrom" DATE,
    "firstDay" DATE,
    "orderId" INTEGER NOT NULL DEFAULT 0,
    "purchaseId" INTEGER NOT NULL DEFAULT 0,
    "openDays" JSONB NOT NULL DEFAULT '{}',
    "snapshot" TEXT,
    "countedTo" TIMESTAMPTZ(3),
    "yearTo" DATE,
    "checkedDay" DATE,
    "checkedAt" TIMESTAMPTZ(3),

    CONSTRAINT "NumbersProgress_pkey" PRIMARY KEY ("id")
);
INSERT INTO "NumbersProgress" ("id") VALUES (1);

CREATE TABLE "DayToCount" (
    "day" DATE NOT NULL,

    CONSTRAINT "DayToCount_pkey" PRIMARY KEY ("day")
);

CREATE TABLE "NumbersChange" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NumbersChange_pkey" PRIMARY KEY ("id")
);

-- Refunds and disputes are few: a trigger tells which days they change.
CREATE FUNCTION "refundCounts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD."status", OLD."orderId", OLD."paymentIntentId", OLD."amount", OLD."largeAmount", OLD."currency", OLD."succeededAt")
            IS NOT DISTINCT FROM
            (NEW."status", NEW."orderId", NEW."paymentIntentId", NEW."amount", NEW."largeAmount", NEW."currency", NEW."succeededAt")
        THEN
            RETURN NULL;
        END IF;
        IF OLD."status" = 'succeeded' THEN
            INSERT INTO "NumbersChange" ("at") VALUES (coalesce(OLD."succeededAt", OLD."createdAt"));
        END IF;
    END IF;
    IF NEW."status" = 'succeeded' THEN
        INSERT INTO "NumbersChange" ("at") VALUES (coalesce(NEW."succeededAt", NEW."createdAt"));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION "disputeCounts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (OLD."status", OLD."orderId", OLD."paymentIntentId", OLD."amount", OLD."largeAmount", OLD."currency", OLD."closedAt")
            IS NOT DISTINCT FROM
            (NEW."status", NEW."orderId", NEW."paymentIntentId", NEW."amount", NEW."largeAmount", NEW."currency", NEW."closedAt")
        THEN
            RETURN NULL;
        END IF;
        IF OLD."status" = 'lost' THEN
            INSERT INTO "NumbersChange" ("at") VALUES (coalesce(OLD."closedAt", OLD."createdAt"));
        END IF;
    END IF;
    IF NEW."status" = 'lost' THEN
        INSERT INTO "NumbersChange" ("at") VALUES (coalesce(NEW."closedAt", NEW."createdAt"));
    END IF;
    RETURN NULL;
END $$;
