-- Lists of products that cost the same whatever the size of the catalog: an index for each order, and a count for each
-- category. 100,000 products take two seconds, in which nothing can be bought.
SET LOCAL lock_timeout = '5s';

-- Off sale: the product is inactive, or has no active variant. False for rows that nobody touches: only few are written.
ALTER TABLE "Product" ADD COLUMN "offSale" BOOLEAN NOT NULL DEFAULT false;

-- Old products may break rules that are newer (NOT VALID): without them while this is written, and then with them again.
DO $$
DECLARE
  without text;
  again text;
BEGIN
  SELECT string_agg(format('DROP CONSTRAINT %I', conname), ', '),
    string_agg(format('ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), ', ')
  INTO without, again FROM pg_constraint
  WHERE conrelid = '"Product"'::regclass AND contype = 'c' AND NOT convalidated;
  IF without IS NOT NULL THEN EXECUTE 'ALTER TABLE "Product" ' || without; END IF;
  UPDATE "Product" p SET "offSale" = true
  WHERE NOT p.active OR NOT EXISTS (SELECT FROM "Variant" v WHERE v."productId" = p.id AND v.active);
  IF again IS NOT NULL THEN EXECUTE 'ALTER TABLE "Product" ' || again; END IF;
END $$;

-- A new product gets an active variant.
CREATE FUNCTION "setOffSale"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."offSale" := NOT (NEW.active AND (TG_OP = 'INSERT'
    OR EXISTS (SELECT FROM "Variant" v WHERE v."productId" = NEW.id AND v.active)));
  RETURN NEW;
END $$;

CREATE TRIGGER "setOffSale" BEFORE INSERT OR UPDATE OF active, "offSale" ON "Product"
FOR EACH ROW EXECUTE FUNCTION "setOffSale"();

-- Two transactions that each take off one of the last two variants wait for each other here. The update, a new statement,
-- sees what the other has committed.
CREATE FUNCTION "variantsOffSale"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed int := CASE TG_OP WHEN 'DELETE' THEN OLD."productId" ELSE NEW."productId" END;
BEGIN
  PERFORM FROM "Product" WHERE id = changed FOR NO KEY UPDATE;
  -- The trigger above says what it becomes.
  UPDATE "Product" p SET "offSale" = false WHERE p.id = changed AND p.active
    AND p."offSale" = EXISTS (SELECT FROM "Variant" v WHERE v."productId" = p.id AND v.active);
  RETURN NULL;
END $$;

CREATE TRIGGER "variantsOffSale" AFTER INSERT OR DELETE ON "Variant" FOR EACH ROW EXECUTE FUNCTION "variantsOffSale"();
CREATE TRIGGER "variantChangesSale" AFTER UPDATE OF active ON "Variant"
FOR EACH ROW WHEN (OLD.active <> NEW.active) EXECUTE FUNCTION "variantsOffSale"();

-- How many products of each category are for sale.
CREATE TABLE "Category" (
    "name" TEXT NOT NULL,
    "products" INTEGER NOT NULL,
    CONSTRAINT "Category_pkey" PRIMARY KEY ("name")
);

INSERT INTO "Category" (name, products) SELECT category, count(*) FROM "Product" WHERE NOT "offSale" GROUP BY category;

CREATE FUNCTION "countNewProducts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "Category" AS c (name, products)
  SELECT category, count(*) FROM new_products WHERE NOT "offSale" GROUP BY category ORDER BY category
  ON CONFLICT (name) DO UPDATE SET products = c.products + excluded.products;
  RETURN NULL;
END $$;

CREATE FUNCTION "countDeletedProducts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "Category" AS c (name, products)
  SELECT category, -count(*) FROM old_products WHERE NOT "offSale" GROUP BY category ORDER BY category
  ON CONFLICT (name) DO UPDATE SET products = c.products + excluded.products;
  RETURN NULL;
END $$;

CREATE FUNCTION "countChangedProducts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "Category" AS c (name, products)
  SELECT category, sum(step) FROM (
    SELECT category, 1 AS step FROM new_products WHERE NOT "offSale"
    UNION ALL SELECT category, -1 FROM old_products WHERE NOT "offSale") AS steps
  GROUP BY category HAVING sum(step) <> 0 ORDER BY category
  ON CONFLICT (name) DO UPDATE SET products = c.products + excluded.products;
  RETURN NULL;
END $$;

CREATE FUNCTION "countNoProducts"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "Category";
  RETURN NULL;
END $$;

CREATE TRIGGER "countNewProducts" AFTER INSERT ON "Product" REFERENCING NEW TABLE AS new_products
FOR EACH STATEMENT EXECUTE FUNCTION "countNewProducts"();
CREATE TRIGGER "countDeletedProducts" AFTER DELETE ON "Product" REFERENCING OLD TABLE AS old_products
FOR EACH STATEMENT EXECUTE FUNCTION "countDeletedProducts"();
CREATE TRIGGER "countChangedProducts" AFTER UPDATE ON "Product" REFERENCING OLD TABLE AS old_products NEW TABLE AS new_products
FOR EACH STATEMENT EXECUTE FUNCTION "countChangedProducts"();
CREATE TRIGGER "countNoProducts" AFTER TRUNCATE ON "Product" FOR EACH STATEMENT EXECUTE FUNCTION "countNoProducts"();

-- One for each order of src/catalog/products.ts, of the whole catalog and within a category.
CREATE INDEX "Product_newest_idx" ON "Product"("id" DESC) WHERE NOT "offSale";
CREATE INDEX "Product_priceUp_idx" ON "Product"("currency" DESC, "unitAmount", "id") WHERE NOT "offSale";
CREATE INDEX "Product_priceDown_idx" ON "Product"("currency" DESC, "unitAmount" DESC, "id") WHERE NOT "offSale";
CREATE INDEX "Product_name_idx" ON "Product"("name", "id") WHERE NOT "offSale";
CREATE INDEX "Product_category_newest_idx" ON "Product"("category", "id" DESC) WHERE NOT "offSale";
CREATE INDEX "Product_category_priceUp_idx" ON "Product"("category", "currency" DESC, "unitAmount", "id") WHERE NOT "offSale";
CREATE INDEX "Product_category_priceDown_idx" ON "Product"("category", "currency" DESC, "unitAmount" DESC, "id") WHERE NOT "offSale";
CREATE INDEX "Product_category_name_idx" ON "Product"("category", "name", "id") WHERE NOT "offSale";
