-- The products that are there already. It locks none of them: sales go on meanwhile.
SELECT "indexProduct"(id) FROM "Product" WHERE NOT "offSale" ORDER BY id;
