-- AlterTable
ALTER TABLE "Refund" ADD COLUMN     "shippingAmount" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Return" ADD COLUMN     "unrequested" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "Dispute_createdAt_id_idx" ON "Dispute"("createdAt", "id");

-- What operators list: returns that shoppers requested, by state; disputes, by what they wait for.
CREATE INDEX "Return_requests_idx" ON "Return"("status", "id") WHERE NOT "unsent" AND NOT "unrequested";
CREATE INDEX "Dispute_toAnswer_idx" ON "Dispute"("evidenceDueBy", "id")
  WHERE "status" IN ('needs_response', 'warning_needs_response');
CREATE INDEX "Dispute_underReview_idx" ON "Dispute"("createdAt", "id")
  WHERE "status" IN ('under_review', 'warning_under_review');
CREATE INDEX "Dispute_closed_idx" ON "Dispute"("createdAt", "id")
  WHERE "status" IN ('won', 'lost', 'prevented', 'warning_closed');
