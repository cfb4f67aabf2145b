-- A product's variants: what is sold of it, each with its own price and stock.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Product" ADD COLUMN "options" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN "requiresShipping" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "taxCode" TEXT;

CREATE FUNCTION "nextProductId"() RETURNS int LANGUAGE sql VOLATILE AS $$ SELECT nextval('"Product_id_seq"')::int $$;

CREATE TABLE "Variant" (
    "id" INTEGER NOT NULL DEFAULT "nextProductId"(),
    "productId" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "optionValues" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "unitAmount" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "stock" INTEGER CHECK (stock >= 0),
    "image" TEXT,
    "weight" INTEGER CHECK (weight >= 0),
    "active" BOOLEAN NOT NULL DEFAULT true,
    "position" INTEGER NOT NULL DEFAULT 0,
    "stripePriceId" TEXT,
    "stripePriceAmount" INTEGER,
    "stripePriceCurrency" TEXT,
    "stripePriceTaxBehavior" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Variant_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "Variant_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- A first variant has its product's id, also in rows that name no variant: those of the previous release.
INSERT INTO "Variant" (id, "productId", sku, "unitAmount", currency, stock, "stripePriceId", "stripePriceAmount",
  "stripePriceCurrency", "createdAt")
SELECT id, id, slug, "unitAmount", currency, CASE WHEN stock < 0 THEN 0 ELSE stock END, "stripePriceId", "stripePriceAmount",
  "stripePriceCurrency", "createdAt"
FROM "Product" ORDER BY id;

-- NOT VALID, as that of products: what is there already is left alone.
ALTER TABLE "Variant" ADD CONSTRAINT "Variant_unitAmount_check" CHECK ("unitAmount" >= 1) NOT VALID;

CREATE UNIQUE INDEX "Variant_sku_key" ON "Variant"("sku");
CREATE INDEX "Variant_productId_position_idx" ON "Variant"("productId", "position");
CREATE UNIQUE INDEX "Variant_productId_optionValues_key" ON "Variant"("productId", "optionValues");

CREATE FUNCTION "addFirstVariant"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "Variant" (id, "productId", sku, "unitAmount", currency, stock, "stripePriceId", "stripePriceAmount",
    "stripePriceCurrency")
  VALUES (NEW.id, NEW.id,
    CASE WHEN EXISTS (SELECT FROM "Variant" WHERE sku = NEW.slug) THEN NEW.slug || '-' || NEW.id ELSE NEW.slug END,
    NEW."unitAmount", NEW.currency, NEW.stock, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency");
  RETURN NULL;
END $$;

CREATE TRIGGER "addFirstVariant" AFTER INSERT ON "Product" FOR EACH ROW EXECUTE FUNCTION "addFirstVariant"();

-- The previous release, and lists, read and write the first variant in its product. A change is copied if it changes
-- something, so the two triggers don't call each other without end. Stock is copied alone: it changes whether or not the row
-- could be put on sale. Both lock the product before the variant.
CREATE FUNCTION "copyToVariant"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."unitAmount", OLD.currency, OLD."stripePriceId", OLD."stripePriceAmount", OLD."stripePriceCurrency")
    IS NOT DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency") THEN
    UPDATE "Variant" v SET stock = NEW.stock WHERE v.id = NEW.id AND v.stock IS DISTINCT FROM NEW.stock;
    RETURN NULL;
  END IF;
  UPDATE "Variant" v SET "unitAmount" = NEW."unitAmount", currency = NEW.currency, stock = NEW.stock,
    "stripePriceId" = NEW."stripePriceId", "stripePriceAmount" = NEW."stripePriceAmount",
    "stripePriceCurrency" = NEW."stripePriceCurrency"
  WHERE v.id = NEW.id AND (v."unitAmount", v.currency, v.stock, v."stripePriceId", v."stripePriceAmount", v."stripePriceCurrency")
    IS DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW.stock, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency");
  IF NEW.currency <> OLD.currency THEN
    UPDATE "Variant" SET currency = NEW.currency WHERE "productId" = NEW.id AND currency <> NEW.currency;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "copyToVariant" AFTER UPDATE ON "Product" FOR EACH ROW
WHEN ((OLD."unitAmount", OLD.currency, OLD.stock, OLD."stripePriceId", OLD."stripePriceAmount", OLD."stripePriceCurrency")
  IS DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW.stock, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency"))
EXECUTE FUNCTION "copyToVariant"();

CREATE FUNCTION "copyToProduct"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD."unitAmount", OLD.currency, OLD."stripePriceId", OLD."stripePriceAmount", OLD."stripePriceCurrency")
    IS NOT DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency") THEN
    UPDATE "Product" p SET stock = NEW.stock WHERE p.id = NEW.id AND p.stock IS DISTINCT FROM NEW.stock;
    RETURN NULL;
  END IF;
  UPDATE "Product" p SET "unitAmount" = NEW."unitAmount", currency = NEW.currency, stock = NEW.stock,
    "stripePriceId" = NEW."stripePriceId", "stripePriceAmount" = NEW."stripePriceAmount",
    "stripePriceCurrency" = NEW."stripePriceCurrency"
  WHERE p.id = NEW.id AND (p."unitAmount", p.currency, p.stock, p."stripePriceId", p."stripePriceAmount", p."stripePriceCurrency")
    IS DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW.stock, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency");
  RETURN NULL;
END $$;

CREATE TRIGGER "copyToProduct" AFTER UPDATE ON "Variant" FOR EACH ROW
WHEN (NEW.id = NEW."productId" AND
  (OLD."unitAmount", OLD.currency, OLD.stock, OLD."stripePriceId", OLD."stripePriceAmount", OLD."stripePriceCurrency")
  IS DISTINCT FROM (NEW."unitAmount", NEW.currency, NEW.stock, NEW."stripePriceId", NEW."stripePriceAmount", NEW."stripePriceCurrency"))
EXECUTE FUNCTION "copyToProduct"();

-- A variant of a product on sale can be paid, too. Its name on Stripe's page is "Stoneware mug – Red / L".
CREATE FUNCTION "checkVariant"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  problem text;
BEGIN
  SELECT "productProblem"(
      p.name || CASE WHEN cardinality(NEW."optionValues") = 0 THEN '' ELSE ' – ' || array_to_string(NEW."optionValues", ' / ') END,
      coalesce(NEW.image, p.image), NEW."unitAmount", NEW.currency)
    INTO problem FROM "Product" p WHERE p.id = NEW."productId" AND p.active;
  IF problem IS NOT NULL THEN
    RAISE check_violation USING MESSAGE = format('Variant %s can’t be on sale. %s', NEW.sku, problem);
  END IF;
  RETURN NULL;
END $$;

-- Not for first variants without options: "checkProduct" judges them, with the product's own sentence.
CREATE TRIGGER "checkVariant" AFTER INSERT OR UPDATE OF image, "unitAmount", currency, active, "optionValues" ON "Variant"
FOR EACH ROW WHEN (NEW.active AND (NEW.id <> NEW."productId" OR NEW.image IS NOT NULL OR cardinality(NEW."optionValues") > 0))
EXECUTE FUNCTION "checkVariant"();

-- So can all variants when their product goes on sale, or gets another name or picture.
CREATE FUNCTION "verifyVariants"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  refused record;
BEGIN
  SELECT v.sku, problem INTO refused FROM "Variant" v, LATERAL "productProblem"(
      NEW.name || CASE WHEN cardinality(v."optionValues") = 0 THEN '' ELSE ' – ' || array_to_string(v."optionValues", ' / ') END,
      coalesce(v.image, NEW.image), v."unitAmount", v.currency) AS problem
    WHERE v."productId" = NEW.id AND v.active AND problem IS NOT NULL ORDER BY v.id LIMIT 1;
  IF FOUND THEN
    RAISE check_violation USING MESSAGE = format('Variant %s can’t be on sale. %s', refused.sku, refused.problem);
  END IF;
  RETURN NULL;
END $$;

-- Its name makes it the last trigger: a new price has been copied by then.
CREATE TRIGGER "verifyVariants" AFTER UPDATE ON "Product" FOR EACH ROW
WHEN (NEW.active AND (OLD.name, OLD.image, OLD.active) IS DISTINCT FROM (NEW.name, NEW.image, NEW.active))
EXECUTE FUNCTION "verifyVariants"();

-- For rows that the previous release inserts.
CREATE FUNCTION "fillVariantId"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."variantId" := coalesce(NEW."variantId", NEW."productId");
  RETURN NEW;
END $$;
