-- The picture as it was when the order was placed. Null for orders of the previous release, which show the product's picture.
SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "OrderItem" ADD COLUMN     "image" TEXT;

-- When a product gets another picture, they keep the one that they have shown so far. Here, and not for all rows at once: most
-- pictures never change, and the table is large.
CREATE FUNCTION "keepPicture"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "OrderItem" SET image = OLD.image WHERE "productId" = OLD.id AND image IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "keepPicture" AFTER UPDATE OF image ON "Product"
FOR EACH ROW WHEN (NEW.image <> OLD.image) EXECUTE FUNCTION "keepPicture"();
