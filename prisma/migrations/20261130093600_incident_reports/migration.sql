SET LOCAL lock_timeout = '5s';

-- AlterEnum. The previous release's sender marks a mail of a kind that it does not know as outdated, without sending it; its
-- incidents are then reported by another mail.
ALTER TYPE "MailKind" ADD VALUE 'incident_report';

-- AlterTable
ALTER TABLE "Incident" ADD COLUMN "mailId" INTEGER;

-- CreateIndex
CREATE INDEX "Incident_mailId_idx" ON "Incident"("mailId");

-- AddForeignKey
ALTER TABLE "Incident" ADD CONSTRAINT "Incident_mailId_fkey" FOREIGN KEY ("mailId") REFERENCES "Mail"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "Product" ALTER COLUMN "updatedAt" SET DEFAULT CURRENT_TIMESTAMP;
