-- The owner's texts in other languages than the shop's, by language: {"de": {"name": "Steingutbecher"}}, and {"de": "Büro"} of
-- categories and shipping rates. Searches find their words.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Product" ADD COLUMN "translations" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "Category" ADD COLUMN "translations" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "ShippingRate" ADD COLUMN "translations" JSONB NOT NULL DEFAULT '{}';

CREATE OR REPLACE FUNCTION "indexProduct"(changed int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p record;
  v record;
  offered text[];
  heading text;
  named text;
  summed text;
  told text;
BEGIN
  -- Whoever changed the product's stock is done, and seen by what follows.
  PERFORM FROM "ProductSearch" WHERE "productId" = changed FOR NO KEY UPDATE;
  SELECT name, summary, description, category, currency, options, specifications, translations INTO p
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
  SELECT concat_ws(' ', p.name, string_agg(t.texts ->> 'name', ' ')), concat_ws(' ', p.summary, string_agg(t.texts ->> 'summary', ' ')),
    concat_ws(' ', p.description, array_to_string(p.specifications, ' '),
      string_agg(concat_ws(' ', t.texts ->> 'description', t.texts ->> 'specifications'), ' '))
  INTO named, summed, told FROM jsonb_each(p.translations) AS t(language, texts);
  heading := "plainText"(concat_ws(' ', p.category, (
    SELECT string_agg(t.name, ' ') FROM "Category" c, jsonb_each_text(c.translations) AS t(language, name) WHERE c.name = p.category),
    array_to_string(offered, ' ')));
  INSERT INTO "ProductSearch" ("productId", document, words, category, currency, lowest, highest, "inStock", options)
  SELECT changed,
    setweight("stemmed"("plainText"(named)), 'A')
      || setweight("stemmed"(heading), 'B')
      || setweight(to_tsvector('simple', "plainText"(v.skus)), 'B')
      || setweight("stemmed"("plainText"(summed)), 'C')
      || setweight("stemmed"("plainText"(left(told, 20000))), 'D'),
    left(concat_ws(' ', "plainText"(named), heading, "plainText"(v.skus), "plainText"(summed), "plainText"(told)), 20000),
    p.category, p.currency, v.lowest, v.highest, v."inStock", offered
  ON CONFLICT ("productId") DO UPDATE SET document = excluded.document, words = excluded.words, category = excluded.category,
    currency = excluded.currency, lowest = excluded.lowest, highest = excluded.highest, "inStock" = excluded."inStock",
    options = excluded.options;
  INSERT INTO "SearchWord" (word)
  SELECT DISTINCT split.word FROM regexp_split_to_table("plainText"(named) || ' ' || heading, '\s+') AS split(word)
  WHERE length(split.word) BETWEEN 3 AND 40 AND split.word !~ '\d'
    AND NOT EXISTS (SELECT FROM "SearchWord" known WHERE known.word = split.word) ORDER BY split.word
  ON CONFLICT DO NOTHING;
END $$;

DROP TRIGGER "indexChangedProduct" ON "Product";
CREATE TRIGGER "indexChangedProduct" AFTER UPDATE ON "Product" FOR EACH ROW
WHEN ((OLD.name, OLD.summary, OLD.description, OLD.category, OLD.currency, OLD.options, OLD.specifications, OLD.translations, OLD."offSale")
  IS DISTINCT FROM (NEW.name, NEW.summary, NEW.description, NEW.category, NEW.currency, NEW.options, NEW.specifications, NEW.translations, NEW."offSale"))
EXECUTE FUNCTION "indexChangedProduct"();

-- A category can have many products: a loop reads them.
CREATE FUNCTION "indexCategory"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "ProductToIndex" ("productId") SELECT id FROM "Product" WHERE category = NEW.name AND NOT "offSale" ORDER BY id;
  RETURN NULL;
END $$;

CREATE TRIGGER "indexCategory" AFTER UPDATE OF translations ON "Category" FOR EACH ROW
WHEN (OLD.translations IS DISTINCT FROM NEW.translations) EXECUTE FUNCTION "indexCategory"();
