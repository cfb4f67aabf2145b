CREATE UNIQUE INDEX CONCURRENTLY "User_stripeCustomerId_key" ON "User"("stripeCustomerId");
