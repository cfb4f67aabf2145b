-- Finds the orders that join an account when it proves their address. Partial, because every order has an account yet.
CREATE INDEX "Order_email_idx" ON "Order"("email") WHERE "userId" IS NULL;
