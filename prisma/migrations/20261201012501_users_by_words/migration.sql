-- Finds customers by the beginnings of words in their name and address.
CREATE INDEX CONCURRENTLY "User_words_idx" ON "User" USING GIN (array_to_tsvector(array_remove(regexp_split_to_array(lower("name" || ' ' || split_part("email", '@', 1)), '[][\s!-/:-@\\^_`{-~]+'), '')));
