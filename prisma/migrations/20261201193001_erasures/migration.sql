-- A new table, which the previous release does not use.
CREATE TABLE "Erasure" (
    "id" SERIAL NOT NULL,
    "hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "loggedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Erasure_pkey" PRIMARY KEY ("id")
);

-- Few are waiting, however many there are.
CREATE INDEX "Erasure_waiting_idx" ON "Erasure"("id") WHERE "loggedAt" IS NULL;
