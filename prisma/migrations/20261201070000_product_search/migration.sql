-- What shoppers find products by, apart from the products: their words, and what lists filter by. Triggers keep it up to date,
-- also for the previous release. It has the products that are on sale.
SET LOCAL lock_timeout = '5s';

-- Typing errors and parts of words are found with trigrams. Without the right to add the extension, searches do without.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
END $$;

CREATE TABLE "ProductSearch" (
    "productId" INTEGER NOT NULL,
    "document" TSVECTOR NOT NULL,
    "words" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "lowest" INTEGER NOT NULL,
    "highest" INTEGER NOT NULL,
    "inStock" BOOLEAN NOT NULL,
    "options" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "ProductSearch_pkey" PRIMARY KEY ("productId")
);

ALTER TABLE "ProductSearch" ADD CONSTRAINT "ProductSearch_productId_fkey" FOREIGN KEY ("productId") REFERENCES "Product"("id")
  ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "ProductSearch_document_idx" ON "ProductSearch" USING GIN ("document");
CREATE INDEX "ProductSearch_options_idx" ON "ProductSearch" USING GIN ("options");
CREATE INDEX "ProductSearch_currency_lowest_idx" ON "ProductSearch"("currency", "lowest");
CREATE INDEX "ProductSearch_category_productId_idx" ON "ProductSearch"("category", "productId" DESC);

-- The words of names, categories and options. A word that was mistyped is looked for here.
CREATE TABLE "SearchWord" (
    "word" TEXT NOT NULL,

    CONSTRAINT "SearchWord_pkey" PRIMARY KEY ("word")
);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX "ProductSearch_trigrams_idx" ON "ProductSearch" USING GIN (lower("words") gin_trgm_ops);
    CREATE INDEX "SearchWord_trigrams_idx" ON "SearchWord" USING GIN (lower("word") gin_trgm_ops);
  END IF;
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'pg_trgm is in a schema that is not searched: %', SQLERRM;
END $$;

-- Without case, accents and punctuation, as plainText() in src/catalog/plain-text.ts.
CREATE FUNCTION "plainText"(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(
    translate(replace(replace(replace(
      regexp_replace(
        lower(CASE WHEN getdatabaseencoding() = 'UTF8' THEN normalize(given, NFKD) ELSE given END),
        '[' || U&'\0300' || '-' || U&'\036F' || ']+', '', 'g'),
      U&'\00DF', 'ss'), U&'\00E6', 'ae'), U&'\0153', 'oe'),
      U&'\00F8\0142\0111\0131', 'oldi'),
    '[][ !"#$%&''()*+,./:;<=>?@\\^_`{|}~-]+', ' ', 'g')
$$;

-- Stems of two languages, and the words as they are.
CREATE FUNCTION "stemmed"(plain text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
  SELECT to_tsvector('simple', plain) || to_tsvector('english', plain) || to_tsvector('german', plain)
$$;

-- Every word must be in a product, as its beginning or with the same stem. Words such as "the" need not.
CREATE FUNCTION "searchQuery"(words text[], weights text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE
SET client_min_messages = error AS $$
DECLARE
  word text;
  start text;
  whole tsquery;
BEGIN
  FOREACH word IN ARRAY words LOOP
    CONTINUE WHEN cardinality(words) > 1 AND (to_tsvector('english', word) = '' OR to_tsvector('german', word) = '');
    start := quote_literal(word) || ':' || CASE WHEN length(word) > 1 THEN '*' ELSE '' END || weights;
    start := CASE WHEN start LIKE '%:' THEN quote_literal(word) ELSE start END;
    whole := coalesce(whole && (to_tsquery('simple', start) || to_tsquery('english', start) || to_tsquery('german', start)),
      to_tsquery('simple', start) || to_tsquery('english', start) || to_tsquery('german', start));
  END LOOP;
  RETURN coalesce(whole, ''::tsquery);
END $$;

CREATE FUNCTION "indexProduct"(changed int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p record;
  v record;
  offered text[];
  heading text;
BEGIN
  SELECT name, summary, description, category, currency, options, specifications INTO p
  FROM "Product" WHERE id = changed AND NOT "offSale";
  SELECT min("unitAmount") AS lowest, max("unitAmount") AS highest, string_agg(sku, ' ') AS skus,
    bool_or(stock IS NULL OR stock > 0) AS "inStock" INTO v
  FROM "Variant" WHERE "productId" = changed AND active;
  IF p.name IS NULL OR v.lowest IS NULL THEN
    DELETE FROM "ProductSearch" WHERE "productId" = changed;
    RETURN;
  END IF;
  SELECT coalesce(array_agg(DISTINCT p.options[o.place] || ': ' || o.value), '{}') INTO offered
  FROM "Variant" a, unnest(a."optionValues") WITH ORDINALITY AS o(value, place)
  WHERE a."productId" = changed AND a.active AND p.options[o.place] IS NOT NULL;
  heading := "plainText"(concat_ws(' ', p.category, array_to_string(offered, ' ')));
  INSERT INTO "ProductSearch" ("productId", document, words, category, currency, lowest, highest, "inStock", options)
  SELECT changed,
    setweight("stemmed"("plainText"(p.name)), 'A')
      || setweight("stemmed"(heading), 'B')
      || setweight(to_tsvector('simple', "plainText"(v.skus)), 'B')
      || setweight("stemmed"("plainText"(p.summary)), 'C')
      || setweight("stemmed"("plainText"(left(concat_ws(' ', p.description, array_to_string(p.specifications, ' ')), 20000))), 'D'),
    left(concat_ws(' ', "plainText"(p.name), heading, "plainText"(v.skus), "plainText"(p.summary), "plainText"(p.description)), 20000),
    p.category, p.currency, v.lowest, v.highest, v."inStock", offered
  ON CONFLICT ("productId") DO UPDATE SET document = excluded.document, words = excluded.words, category = excluded.category,
    currency = excluded.currency, lowest = excluded.lowest, highest = excluded.highest, "inStock" = excluded."inStock",
    options = excluded.options;
  INSERT INTO "SearchWord" (word)
  SELECT DISTINCT split.word FROM regexp_split_to_table("plainText"(p.name) || ' ' || heading, '\s+') AS split(word)
  WHERE length(split.word) BETWEEN 3 AND 40 AND split.word !~ '\d'
    AND NOT EXISTS (SELECT FROM "SearchWord" known WHERE known.word = split.word) ORDER BY split.word
  ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION "indexChangedProduct"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "indexProduct"(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION "indexChangedVariant"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "indexProduct"(CASE TG_OP WHEN 'DELETE' THEN OLD."productId" ELSE NEW."productId" END);
  RETURN NULL;
END $$;

CREATE FUNCTION "indexChangedStock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "ProductSearch" s SET "inStock" = NOT s."inStock"
  WHERE s."productId" = NEW."productId" AND s."inStock" <> EXISTS (
    SELECT FROM "Variant" v WHERE v."productId" = NEW."productId" AND v.active AND (v.stock IS NULL OR v.stock > 0));
  RETURN NULL;
END $$;

-- A new product gets its first variant, whose trigger does the rest.
CREATE TRIGGER "indexChangedProduct" AFTER UPDATE ON "Product" FOR EACH ROW
WHEN ((OLD.name, OLD.summary, OLD.description, OLD.category, OLD.currency, OLD.options, OLD.specifications, OLD."offSale")
  IS DISTINCT FROM (NEW.name, NEW.summary, NEW.description, NEW.category, NEW.currency, NEW.options, NEW.specifications, NEW."offSale"))
EXECUTE FUNCTION "indexChangedProduct"();

CREATE TRIGGER "indexNewVariant" AFTER INSERT OR DELETE ON "Variant" FOR EACH ROW EXECUTE FUNCTION "indexChangedVariant"();
CREATE TRIGGER "indexChangedVariant" AFTER UPDATE ON "Variant" FOR EACH ROW
WHEN ((OLD.sku, OLD."optionValues", OLD."unitAmount", OLD.active) IS DISTINCT FROM (NEW.sku, NEW."optionValues", NEW."unitAmount", NEW.active))
EXECUTE FUNCTION "indexChangedVariant"();

-- Most sales leave something.
CREATE TRIGGER "indexChangedStock" AFTER UPDATE ON "Variant" FOR EACH ROW
WHEN ((OLD.stock = 0) IS DISTINCT FROM (NEW.stock = 0)) EXECUTE FUNCTION "indexChangedStock"();
