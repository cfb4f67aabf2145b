SET LOCAL lock_timeout = '5s';

-- Null until the address is proved, by a link that was mailed to it. Raised by the trigger below.
ALTER TABLE "User" ADD COLUMN "verifiedAt" TIMESTAMPTZ(3), ADD COLUMN "credentialVersion" INTEGER NOT NULL DEFAULT 1;

-- A trigger, so that every change of a password counts, whatever makes it: this release, the previous one, an operator.
CREATE FUNCTION "raiseCredentialVersion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."credentialVersion" := OLD."credentialVersion" + 1;
  RETURN NEW;
END
$$;

CREATE TRIGGER "raiseCredentialVersion" BEFORE UPDATE OF "passwordHash" ON "User"
FOR EACH ROW WHEN (NEW."passwordHash" IS DISTINCT FROM OLD."passwordHash")
EXECUTE FUNCTION "raiseCredentialVersion"();

-- CreateTable
CREATE TABLE "EmailVerification" (
    "tokenHash" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EmailVerification_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateIndex
CREATE INDEX "EmailVerification_userId_idx" ON "EmailVerification"("userId");

-- AddForeignKey
ALTER TABLE "EmailVerification" ADD CONSTRAINT "EmailVerification_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A completed reset proved the address.
UPDATE "User" SET "verifiedAt" = reset."usedAt"
FROM (SELECT "userId", min("usedAt") AS "usedAt" FROM "PasswordReset" WHERE "usedAt" IS NOT NULL GROUP BY "userId") reset
WHERE reset."userId" = "User".id;

-- AlterEnum
ALTER TYPE "MailKind" ADD VALUE 'email_verification';
ALTER TYPE "MailKind" ADD VALUE 'password_changed';

-- Finds a user's sessions. The sessions of the previous release have the user nowhere else.
CREATE INDEX "Session_user_idx" ON "Session"(("sess"->'passport'->>'user'));
