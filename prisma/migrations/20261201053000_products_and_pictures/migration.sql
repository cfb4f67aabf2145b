-- Pictures of products, stock that is adjusted with a reason, and lists of products that are imported.
SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "Product" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "specifications" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "pictureHosts" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Pictures that are on other hosts already stay allowed.
UPDATE "Shop" SET "pictureHosts" = ARRAY(
  SELECT DISTINCT lower(substring(image FROM '^https://([^/?#]+)')) AS host
  FROM (SELECT image FROM "Product" UNION ALL SELECT image FROM "Variant" WHERE image LIKE 'https://%') AS shown
  WHERE image LIKE 'https://%' ORDER BY host);

-- CreateTable
CREATE TABLE "Picture" (
    "id" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "files" JSONB NOT NULL,
    "kept" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Picture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PictureFile" (
    "pictureId" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "PictureFile_pkey" PRIMARY KEY ("pictureId","format","width")
);

-- CreateTable
CREATE TABLE "ProductPicture" (
    "id" SERIAL NOT NULL,
    "productId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "alt" TEXT NOT NULL,
    "image" TEXT NOT NULL,
    "pictureId" TEXT,

    CONSTRAINT "ProductPicture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StockAdjustment" (
    "id" SERIAL NOT NULL,
    "variantId" INTEGER NOT NULL,
    "delta" INTEGER NOT NULL,
    "stock" INTEGER,
    "reason" TEXT NOT NULL,
    "note" TEXT,
    "requestKey" TEXT NOT NULL,
    "actorId" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StockAdjustment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProductImport" (
    "id" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "createdById" INTEGER,
    "plan" JSONB NOT NULL,
    "result" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProductImport_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "PictureFile_hash_idx" ON "PictureFile"("hash");

-- CreateIndex
CREATE INDEX "ProductPicture_productId_position_idx" ON "ProductPicture"("productId", "position");

-- CreateIndex
CREATE INDEX "ProductPicture_pictureId_idx" ON "ProductPicture"("pictureId");

-- CreateIndex
CREATE INDEX "StockAdjustment_variantId_id_idx" ON "StockAdjustment"("variantId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "StockAdjustment_requestKey_variantId_key" ON "StockAdjustment"("requestKey", "variantId");

-- CreateIndex
CREATE INDEX "ProductImport_createdAt_idx" ON "ProductImport"("createdAt");

-- AddForeignKey
ALTER TABLE "PictureFile" ADD CONSTRAINT "PictureFile_pictureId_fkey" FOREIGN KEY ("pictureId") REFERENCES "Picture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductPicture" ADD CONSTRAINT "ProductPicture_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProductPicture" ADD CONSTRAINT "ProductPicture_pictureId_fkey" FOREIGN KEY ("pictureId") REFERENCES "Picture"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StockAdjustment" ADD CONSTRAINT "StockAdjustment_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "Variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- For the admin's list of products, which also has those that are off sale.
CREATE INDEX "Product_name_all_idx" ON "Product"("name", "id");
CREATE INDEX "Product_without_picture_idx" ON "Product"("id" DESC) WHERE image IN ('', '/assets/images/products/none.svg');
