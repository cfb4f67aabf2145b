-- What shoppers send back, and what is refunded before it is sent.
CREATE TABLE "Return" (
    "id" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "orderId" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'accepted', 'received', 'refunded', 'declined')),
    "reason" TEXT NOT NULL,
    "answer" TEXT,
    "refundId" TEXT,
    "restocked" BOOLEAN NOT NULL DEFAULT false,
    "unsent" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acceptedAt" TIMESTAMPTZ(3),
    "receivedAt" TIMESTAMPTZ(3),
    "declinedAt" TIMESTAMPTZ(3),
    "refundedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Return_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ReturnItem" (
    "returnId" INTEGER NOT NULL,
    "orderItemId" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL CHECK (quantity > 0),

    CONSTRAINT "ReturnItem_pkey" PRIMARY KEY ("returnId","orderItemId")
);

CREATE UNIQUE INDEX "Return_key_key" ON "Return"("key");

CREATE UNIQUE INDEX "Return_refundId_key" ON "Return"("refundId");

CREATE INDEX "Return_orderId_idx" ON "Return"("orderId");

CREATE INDEX "Return_status_idx" ON "Return"("status");

CREATE INDEX "ReturnItem_orderItemId_idx" ON "ReturnItem"("orderItemId");

ALTER TABLE "Return" ADD CONSTRAINT "Return_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "Return" ADD CONSTRAINT "Return_refundId_fkey" FOREIGN KEY ("refundId") REFERENCES "Refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "ReturnItem" ADD CONSTRAINT "ReturnItem_returnId_fkey" FOREIGN KEY ("returnId") REFERENCES "Return"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "ReturnItem" ADD CONSTRAINT "ReturnItem_orderItemId_fkey" FOREIGN KEY ("orderItemId") REFERENCES "OrderItem"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
