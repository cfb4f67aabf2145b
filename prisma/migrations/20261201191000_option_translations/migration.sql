-- What options and their values are called in other languages, in the product's translations:
-- {"de": {"options": {"Color": "Farbe", "Red": "Rot"}}}. Lists have them beside the options that they filter by, and searches find
-- their words. No product has any yet, so nothing needs to be indexed again.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "ProductSearch" ADD COLUMN "optionTexts" JSONB NOT NULL DEFAULT '{}';

CREATE OR REPLACE FUNCTION "indexProduct"(changed int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  p record;
  v record;
  offered text[];
  heading text;
  named text;
  summed text;
  told text;
  sold text[];
  called jsonb;
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
  SELECT coalesce(array_agg(DISTINCT p.options[o.place] || ': ' || o.value), '{}'), coalesce(array_agg(DISTINCT o.value), '{}')
  INTO offered, sold
  FROM "Variant" a, unnest(a."optionValues") WITH ORDINALITY AS o(value, place)
  WHERE a."productId" = changed AND a.active AND p.options[o.place] IS NOT NULL;
  SELECT concat_ws(' ', p.name, string_agg(t.texts ->> 'name', ' ')), concat_ws(' ', p.summary, string_agg(t.texts ->> 'summary', ' ')),
    concat_ws(' ', p.description, array_to_string(p.specifications, ' '),
      string_agg(concat_ws(' ', t.texts ->> 'description', t.texts ->> 'specifications'), ' '))
  INTO named, summed, told FROM jsonb_each(p.translations) AS t(language, texts);
  -- What options and values are called that can be bought.
  SELECT coalesce(jsonb_object_agg(own.language, own.texts), '{}') INTO called FROM (
    SELECT t.language, jsonb_object_agg(o.own, o.text) AS texts
    FROM jsonb_each(p.translations) AS t(language, texts), jsonb_each_text(t.texts -> 'options') AS o(own, text)
    WHERE o.own = ANY (p.options || sold) GROUP BY t.language) AS own;
  heading := "plainText"(concat_ws(' ', p.category, (
    SELECT string_agg(t.name, ' ') FROM "Category" c, jsonb_each_text(c.translations) AS t(language, name) WHERE c.name = p.category),
    array_to_string(offered, ' '), (
    SELECT string_agg(o.text, ' ') FROM jsonb_each(called) AS t(language, texts), jsonb_each_text(t.texts) AS o(own, text))));
  INSERT INTO "ProductSearch" ("productId", document, words, category, currency, lowest, highest, "inStock", options, "optionTexts")
  SELECT changed,
    setweight("stemmed"("plainText"(named)), 'A')
      || setweight("stemmed"(heading), 'B')
      || setweight(to_tsvector('simple', "plainText"(v.skus)), 'B')
      || setweight("stemmed"("plainText"(summed)), 'C')
      || setweight("stemmed"("plainText"(left(told, 20000))), 'D'),
    left(concat_ws(' ', "plainText"(named), heading, "plainText"(v.skus), "plainText"(summed), "plainText"(told)), 20000),
    p.category, p.currency, v.lowest, v.highest, v."inStock", offered, called
  ON CONFLICT ("productId") DO UPDATE SET document = excluded.document, words = excluded.words, category = excluded.category,
    currency = excluded.currency, lowest = excluded.lowest, highest = excluded.highest, "inStock" = excluded."inStock",
    options = excluded.options, "optionTexts" = excluded."optionTexts";
  INSERT INTO "SearchWord" (word)
  SELECT DISTINCT split.word FROM regexp_split_to_table("plainText"(named) || ' ' || heading, '\s+') AS split(word)
  WHERE length(split.word) BETWEEN 3 AND 40 AND split.word !~ '\d'
    AND NOT EXISTS (SELECT FROM "SearchWord" known WHERE known.word = split.word) ORDER BY split.word
  ON CONFLICT DO NOTHING;
END $$;
