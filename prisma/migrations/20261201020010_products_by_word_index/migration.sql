-- Products by words of their names.
CREATE INDEX CONCURRENTLY "Product_words_idx" ON "Product" USING GIN (to_tsvector('simple', "name"));
