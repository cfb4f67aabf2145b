-- Two variants of a product that sell out at the same moment: neither transaction saw the other, and lists went on to say that the
-- product is in stock. Now the product's row is locked first. Sales never wait for it, so that they can't block each other: one
-- that doesn't get the lock leaves a note, and a loop reads the product again (src/catalog/index-again.ts).
SET LOCAL lock_timeout = '5s';

CREATE TABLE "ProductToIndex" (
    "id" BIGSERIAL NOT NULL,
    "productId" INTEGER NOT NULL,

    CONSTRAINT "ProductToIndex_pkey" PRIMARY KEY ("id")
);

CREATE OR REPLACE FUNCTION "indexChangedStock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM "ProductSearch" WHERE "productId" = NEW."productId" FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    INSERT INTO "ProductToIndex" ("productId") VALUES (NEW."productId");
    RETURN NULL;
  END IF;
  UPDATE "ProductSearch" s SET "inStock" = NOT s."inStock"
  WHERE s."productId" = NEW."productId" AND s."inStock" <> EXISTS (
    SELECT FROM "Variant" v WHERE v."productId" = NEW."productId" AND v.active AND (v.stock IS NULL OR v.stock > 0));
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION "indexProduct"(changed int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p record;
  v record;
  offered text[];
  heading text;
BEGIN
  -- Whoever changed the product's stock is done, and seen by what follows.
  PERFORM FROM "ProductSearch" WHERE "productId" = changed FOR NO KEY UPDATE;
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

-- Those that went wrong before.
INSERT INTO "ProductToIndex" ("productId")
SELECT s."productId" FROM "ProductSearch" s
WHERE s."inStock" <> EXISTS (
  SELECT FROM "Variant" v WHERE v."productId" = s."productId" AND v.active AND (v.stock IS NULL OR v.stock > 0))
ORDER BY s."productId";
