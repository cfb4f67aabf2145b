-- A partial index: the list of operators, and who is the last owner, read no customer.
CREATE INDEX CONCURRENTLY "User_operators_idx" ON "User"("role") WHERE "role" <> 'shopper';
