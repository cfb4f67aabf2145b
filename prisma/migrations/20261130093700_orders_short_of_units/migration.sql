SET LOCAL lock_timeout = '5s';

-- AlterTable
ALTER TABLE "Order" ADD COLUMN "shortProductId" INTEGER,
ALTER COLUMN "updatedAt" SET DEFAULT CURRENT_TIMESTAMP;

-- Until now, only a sentence said it. An order has it if it was ever short: few have.
UPDATE "Order" SET "shortProductId" = substring(incidents::text FROM 'Paid after its units were given back, and product (\d+) is sold out now')::int
WHERE incidents <> '{}' AND incidents::text LIKE '%Paid after its units were given back, and product %';

-- Orders that need a person and have no incident yet. Disputes are told apart: they are not among "incidents".
INSERT INTO "Incident" ("kind", "subject", "orderId", "message", "createdAt")
SELECT 'order_attention', o.key, o.id, string_agg(reason, ' '), o."attentionAt"
FROM "Order" o, unnest(o.incidents) AS reason
WHERE o."attentionAt" IS NOT NULL AND reason <> ALL (o.attended)
  AND NOT EXISTS (SELECT FROM "Incident" i WHERE i."orderId" = o.id AND i."resolvedAt" IS NULL)
GROUP BY o.id;
