-- An authenticator app is written once a code proved that it has the secret. The audit log is filtered by time.
ALTER TABLE "SecondFactor" DROP COLUMN "confirmedAt";

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");
