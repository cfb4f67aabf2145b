SET LOCAL lock_timeout = '5s';

-- CreateTable
CREATE TABLE "DisputeDetails" (
    "disputeId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "network" TEXT,
    "reasonCode" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DisputeDetails_pkey" PRIMARY KEY ("disputeId")
);

-- CreateTable
CREATE TABLE "DisputeDraft" (
    "disputeId" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "texts" JSONB NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "savedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "savedById" INTEGER,
    "sendKey" TEXT,
    "sentAt" TIMESTAMPTZ(3),
    "submittedAt" TIMESTAMPTZ(3),
    "refusal" TEXT,

    CONSTRAINT "DisputeDraft_pkey" PRIMARY KEY ("disputeId","stage")
);

-- CreateTable
CREATE TABLE "DisputeFile" (
    "id" TEXT NOT NULL,
    "disputeId" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "size" INTEGER NOT NULL,
    "pages" INTEGER NOT NULL,
    "generated" BOOLEAN NOT NULL DEFAULT false,
    "stripeFileId" TEXT,
    "addedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "DisputeFile_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "DisputeFile_disputeId_stage_field_key" ON "DisputeFile"("disputeId", "stage", "field");

-- AddForeignKey
ALTER TABLE "DisputeDraft" ADD CONSTRAINT "DisputeDraft_disputeId_fkey" FOREIGN KEY ("disputeId") REFERENCES "Dispute"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DisputeFile" ADD CONSTRAINT "DisputeFile_disputeId_fkey" FOREIGN KEY ("disputeId") REFERENCES "Dispute"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Those that wait for an appeal. They are few, and are looked for by every list.
CREATE INDEX "DisputeDetails_appeals_idx" ON "DisputeDetails" ("disputeId") WHERE "status" IN ('appeal_needs_response', 'appeal_under_review');
