-- What was sold out, or came back, while the table was filled.
UPDATE "ProductSearch" s SET "inStock" = NOT s."inStock"
WHERE s."inStock" <> EXISTS (
  SELECT FROM "Variant" v WHERE v."productId" = s."productId" AND v.active AND (v.stock IS NULL OR v.stock > 0));
