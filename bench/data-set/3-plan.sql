-- What is to be known of each order, in tables of its own: its lines, its money, its times and what became of it.
CREATE UNLOGGED TABLE building.variant AS
SELECT v.currency, (row_number() OVER (PARTITION BY v.currency ORDER BY v.id) - 1)::int AS place, v.id, v."productId", p.name,
  array_to_string(v."optionValues", ' / ') AS "variantName", v.sku, coalesce(v.image, p.image) AS image, v."unitAmount",
  p."requiresShipping"
FROM "Variant" v JOIN "Product" p ON p.id = v."productId" WHERE v.active AND p.active;
CREATE INDEX ON building.variant (currency, place);
CREATE UNLOGGED TABLE building.currency AS SELECT currency, count(*)::int AS variants FROM building.variant GROUP BY currency;
ANALYZE building.variant, building.currency;

CREATE UNLOGGED TABLE building.item AS
SELECT row_number() OVER ()::int AS id, n, line, v.currency, v.id AS "variantId", "productId", name, "variantName", sku, image,
  "unitAmount", "requiresShipping", 1 + (building.roll(4 * n + line, 32, 10) = 0)::int AS quantity
FROM building.size AS size CROSS JOIN LATERAL generate_series(1, size.orders) AS n
  -- One order in five is in euros, if something is sold in euros.
  CROSS JOIN LATERAL (
    SELECT * FROM building.currency ORDER BY currency = CASE WHEN n % 5 = 0 THEN 'eur' ELSE 'usd' END DESC LIMIT 1) AS c
  CROSS JOIN LATERAL generate_series(0, (ARRAY[0, 0, 0, 0, 0, 0, 1, 1, 1, 2])[1 + building.roll(n, 31, 10)]) AS line
  JOIN building.variant AS v ON v.currency = c.currency AND v.place = (building.roll(n, 33, c.variants) + 7 * line) % c.variants;
CREATE INDEX ON building.item (n);
ANALYZE building.item;

CREATE UNLOGGED TABLE building."order" AS
WITH sums AS (
    SELECT n, min(currency) AS currency, count(*)::int AS lines, sum("unitAmount" * quantity)::int AS "itemsTotal",
      count(*) FILTER (WHERE "requiresShipping")::int AS "linesToSend"
    FROM building.item GROUP BY n),
  placed AS (
    SELECT sums.*, size.today, building.roll(n, 41, 1000) AS roll, encode(sha256(('order ' || n)::bytea), 'hex') AS hash,
      size.today - interval '1 hour' - (size.orders - n) * (interval '730 days' / size.orders) AS "createdAt",
      CASE WHEN n % 4 > 0 THEN size."firstUser" + 1 + building.roll(n, 42, size.customers) END AS "userId"
    FROM sums, building.size AS size),
  decided AS (
    SELECT *, today - "createdAt" AS age, CASE
        WHEN roll < 30 AND today - "createdAt" > interval '4 days' THEN 'failed'
        WHEN roll BETWEEN 30 AND 149 THEN 'expired'
        WHEN roll BETWEEN 150 AND 179 THEN 'refunded'
        WHEN roll BETWEEN 180 AND 199 THEN 'partially_refunded'
        WHEN roll BETWEEN 200 AND 204 AND today - "createdAt" < interval '14 days' THEN 'disputed'
        WHEN roll BETWEEN 200 AND 201 THEN 'charged_back'
        WHEN roll BETWEEN 202 AND 203 THEN 'dispute_won'
        ELSE 'paid' END AS fate
    FROM placed),
  charged AS (
    SELECT *, fate NOT IN ('failed', 'expired') AS "isPaid", CASE WHEN "linesToSend" > 0 THEN 590 ELSE 0 END AS "shippingTotal",
      -- Of single lines, whose share of a discount is all of it.
      CASE WHEN fate NOT IN ('failed', 'expired') AND lines = 1 AND n % 17 = 0 THEN "itemsTotal" / 10 ELSE 0 END AS "discountTotal",
      fate = 'failed' OR fate <> 'expired' AND n % 10 = 3 AND age > interval '4 days' AS "isDelayed"
    FROM decided),
  taxed AS (
    SELECT *, CASE WHEN "isPaid" AND n % 3 = 0 THEN ("itemsTotal" - "discountTotal") * 8 / 100 ELSE 0 END AS "taxTotal" FROM charged)
SELECT *, "itemsTotal" - "discountTotal" + "shippingTotal" + "taxTotal" AS total,
  'ord_' || left(hash, 26) AS key, 'cs_test_' || left(hash, 58) AS session, 'pi_' || left(hash, 24) AS intent,
  'in_' || left(hash, 24) AS invoice, 're_' || left(hash, 24) AS refund, 'du_' || left(hash, 24) AS dispute,
  'ret_' || right(hash, 26) AS "returnKey", left(hash, 32)::uuid::text AS attempt, right(hash, 32)::uuid::text AS "refundId",
  "createdAt" + interval '3 minutes' AS "completedAt",
  "createdAt" + CASE WHEN "isDelayed" THEN interval '2 days' ELSE interval '3 minutes' END AS "decidedAt",
  CASE WHEN NOT "isPaid" OR "linesToSend" = 0 THEN 'none'
    WHEN age > interval '8 days' THEN 'delivered'
    WHEN age > interval '3 days' THEN 'shipped'
    WHEN age > interval '1 day' AND "linesToSend" > 1 THEN 'partly_shipped'
    ELSE 'none' END AS fulfilment,
  coalesce(account, format('guest.%s@guests.example', n)) AS email, coalesce(named, 'Grace Guest') AS name
FROM taxed LEFT JOIN (SELECT id AS "userId", email AS account, name AS named FROM "User") AS customer USING ("userId");
CREATE INDEX ON building."order" (n);
ANALYZE building."order";
