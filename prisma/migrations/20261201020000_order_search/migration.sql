-- What the admin's list finds orders by, apart from the orders: their table is written at each payment, and each index on it
-- would slow that down. A background loop keeps this table up to date, and fills it at first.
CREATE TABLE "OrderSearch" (
    "orderId" INTEGER NOT NULL,
    "words" TSVECTOR NOT NULL,
    "email" TEXT NOT NULL,
    "country" TEXT,
    "currency" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "purchaseId" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "OrderSearch_pkey" PRIMARY KEY ("orderId")
);

CREATE INDEX "OrderSearch_words_idx" ON "OrderSearch" USING GIN ("words");
CREATE INDEX "OrderSearch_email_idx" ON "OrderSearch"(lower("email") text_pattern_ops);
CREATE INDEX "OrderSearch_country_idx" ON "OrderSearch"("country");
CREATE INDEX "OrderSearch_currency_total_orderId_idx" ON "OrderSearch"("currency", "total", "orderId");

-- Up to which ids orders and purchases are in it. One row.
CREATE TABLE "OrderSearchProgress" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "orderId" INTEGER NOT NULL DEFAULT 0,
    "purchaseId" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "OrderSearchProgress_pkey" PRIMARY KEY ("id")
);
INSERT INTO "OrderSearchProgress" ("id") VALUES (1);
