-- Products with one to three variants each, beside the demo products. Triggers are off: what they write is written here.
INSERT INTO "Product" (id, slug, name, summary, description, image, category, options, "requiresShipping", "taxCode",
  "unitAmount", currency, active, "offSale", stock, "createdAt", "updatedAt")
SELECT size."firstProduct" + n, lower(replace(words.name, ' ', '-')) || '-' || n, words.name || ' ' || n,
  format('A %s %s for the %s, made of %s.', adjective, noun, lower(category), lower(material)),
  format(E'Made of %s by a small workshop, one at a time. The %s is %s, keeps for decades, and is repaired if it breaks.\n\n'
    'Goes with our other things for the %s. Comes in a box without plastic, with a note on how to care for %s.',
    lower(material), noun, adjective, lower(category), lower(material)),
  '/assets/images/products/stoneware-mug.svg', category,
  CASE WHEN n % 3 = 0 THEN '{}'::text[] ELSE '{Color}' END,
  n % 10 > 0, CASE WHEN n % 10 > 0 THEN 'txcd_99999999' ELSE 'txcd_10000000' END,
  500 + 100 * building.roll(n, 4, 300), CASE WHEN n % 5 = 0 THEN 'eur' ELSE 'usd' END,
  n % 50 > 0, n % 50 = 0, building.roll(n, 5, 500) + 1000000,
  size.today - interval '730 days' + n * (interval '700 days' / size.products),
  size.today - interval '730 days' + n * (interval '700 days' / size.products)
FROM building.size AS size, generate_series(1, size.products) AS n,
  LATERAL (SELECT
    (ARRAY['plain', 'heavy', 'light', 'folding', 'round', 'tall', 'small', 'deep', 'narrow', 'wide', 'soft', 'bright', 'quiet',
      'striped', 'stackable', 'portable', 'sturdy', 'slim', 'curved', 'polished'])[1 + building.roll(n, 1, 20)] AS adjective,
    (ARRAY['Walnut', 'Oak', 'Linen', 'Wool', 'Cork', 'Brass', 'Copper', 'Steel', 'Glass', 'Stoneware', 'Leather', 'Cotton',
      'Bamboo', 'Slate', 'Felt', 'Ash', 'Enamel', 'Paper', 'Marble', 'Rattan'])[1 + building.roll(n, 2, 20)] AS material,
    (ARRAY['tray', 'lamp', 'bowl', 'stool', 'basket', 'vase', 'clock', 'shelf', 'blanket', 'cushion', 'kettle', 'teapot', 'board',
      'frame', 'hook', 'bench', 'mirror', 'candle', 'jug', 'rug', 'apron', 'notebook', 'pencil', 'case', 'bag', 'box', 'chair',
      'table', 'plate', 'cup'])[1 + building.roll(n, 3, 30)] AS noun,
    (ARRAY['Kitchen', 'Light', 'Desk', 'Garden', 'Bath', 'Bedroom', 'Hall', 'Travel', 'Balcony', 'Workshop', 'Nursery', 'Pantry',
      'Library', 'Studio', 'Terrace', 'Laundry', 'Attic', 'Cellar', 'Porch', 'Dining room'])[1 + building.roll(n, 6, 20)] AS category
  ) AS chosen,
  LATERAL (SELECT initcap(adjective) || ' ' || lower(material) || ' ' || noun AS name) AS words;

-- The first variant has its product's id. The others' ids follow those of the products.
INSERT INTO "Variant" (id, "productId", sku, "optionValues", "unitAmount", currency, stock, weight, position, "createdAt",
  "updatedAt")
SELECT CASE WHEN position = 0 THEN p.id
    ELSE size."firstProduct" + size.products + 2 * (p.id - size."firstProduct" - 1) + position END,
  p.id, format('%s-%s', p.id, position + 1),
  CASE WHEN p.options = '{}' THEN '{}'::text[] ELSE ARRAY[(ARRAY['Sage', 'Clay', 'Ink'])[position + 1]] END,
  p."unitAmount" + CASE WHEN position = 2 THEN 300 ELSE 0 END, p.currency, p.stock, 200 + building.roll(p.id, 7, 4000), position,
  p."createdAt", p."createdAt"
FROM building.size AS size, "Product" p, generate_series(0, (p.id - size."firstProduct") % 3) AS position
WHERE p.id > size."firstProduct";

SELECT setval('"Product_id_seq"', size."firstProduct" + 3 * size.products + 1) FROM building.size AS size;

DELETE FROM "Category";
INSERT INTO "Category" (name, products) SELECT category, count(*) FROM "Product" WHERE NOT "offSale" GROUP BY category;

-- What shoppers find products by. Without statistics, each product would be looked for in all variants, and in all that was written
-- before.
ANALYZE "Product", "Variant";
SELECT count("indexProduct"(p.id)) FROM building.size AS size, "Product" p
WHERE p.id < size."firstProduct" + 1000 AND NOT p."offSale";
ANALYZE "ProductSearch", "SearchWord";
SELECT count("indexProduct"(p.id)) FROM building.size AS size, "Product" p
WHERE p.id >= size."firstProduct" + 1000 AND NOT p."offSale";
