SET LOCAL lock_timeout = '5s';

-- CreateTable
CREATE TABLE "UnmatchedPayment" (
    "id" TEXT NOT NULL,
    "orderId" INTEGER,
    "paymentIntentId" TEXT,
    "amount" BIGINT,
    "currency" TEXT,
    "status" "AttemptStatus" NOT NULL,
    "message" TEXT NOT NULL,
    "paidAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UnmatchedPayment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RiskSignal" (
    "id" TEXT NOT NULL,
    "orderId" INTEGER,
    "paymentIntentId" TEXT,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "openedAt" TIMESTAMPTZ(3),
    "closedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RiskSignal_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "UnmatchedPayment_orderId_idx" ON "UnmatchedPayment"("orderId");

-- CreateIndex
CREATE INDEX "UnmatchedPayment_paymentIntentId_idx" ON "UnmatchedPayment"("paymentIntentId");

-- CreateIndex
CREATE INDEX "RiskSignal_orderId_idx" ON "RiskSignal"("orderId");

-- CreateIndex
CREATE INDEX "RiskSignal_paymentIntentId_idx" ON "RiskSignal"("paymentIntentId");

-- AddForeignKey
ALTER TABLE "UnmatchedPayment" ADD CONSTRAINT "UnmatchedPayment_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RiskSignal" ADD CONSTRAINT "RiskSignal_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Also looks for risk signals that came before their payment. The previous release settles such an order under locks.
CREATE OR REPLACE FUNCTION "lockUnchanged"(intents text[], ids int[], versions text[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  unchanged int;
BEGIN
  IF cardinality(intents) > 0 THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(intent, 0)) FROM unnest((SELECT intents)) AS intent;
    -- What came before its payment, and was stored since. Looked for by the intent, however much there is that belongs to
    -- no order.
    IF EXISTS (
        SELECT FROM (
          SELECT "orderId" FROM "Refund" WHERE "paymentIntentId" = ANY ((SELECT intents)::text[])
          UNION ALL
          SELECT "orderId" FROM "Dispute" WHERE "paymentIntentId" = ANY ((SELECT intents)::text[])
          UNION ALL
          SELECT "orderId" FROM "RiskSignal" WHERE "paymentIntentId" = ANY ((SELECT intents)::text[])
          OFFSET 0
        ) AS known
        WHERE "orderId" IS NULL)
    THEN
      RAISE EXCEPTION 'a refund or dispute waits for its order' USING ERRCODE = 'TL001';
    END IF;
  END IF;

  SELECT count(*) INTO unchanged
  FROM (
    SELECT id, xmin::text AS version FROM "Order" WHERE id = ANY ((SELECT ids)::int[]) ORDER BY id FOR NO KEY UPDATE
  ) AS locked
  JOIN unnest((SELECT ids), (SELECT versions)) AS wanted (id, version) USING (id, version);
  IF unchanged <> cardinality(ids) THEN
    RAISE EXCEPTION 'an order has changed since it was read' USING ERRCODE = 'TL001';
  END IF;
END
$$;
