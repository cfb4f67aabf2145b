-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "policies" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "Policy" (
    "slug" TEXT NOT NULL,
    "draft" TEXT,
    "draftedAt" TIMESTAMPTZ(3),
    "revision" INTEGER NOT NULL DEFAULT 0,
    "published" INTEGER,

    CONSTRAINT "Policy_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "PolicyVersion" (
    "slug" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "markdown" TEXT NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "publishedById" INTEGER,

    CONSTRAINT "PolicyVersion_pkey" PRIMARY KEY ("slug","version")
);

-- AddForeignKey
ALTER TABLE "PolicyVersion" ADD CONSTRAINT "PolicyVersion_slug_fkey" FOREIGN KEY ("slug") REFERENCES "Policy"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;
