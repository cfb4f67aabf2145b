-- Locks a shopper until the end of the transaction, and returns their customer at Stripe if they have no open order. No row:
-- they have one. A function, because its second statement sees what was committed while the first waited for the lock. The
-- locks are those of `lockShopper` in src/orders/shopper.ts.
CREATE FUNCTION "lockShopperWithoutOrders"(shopper_id int, guest_hash text) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  customer_id text;
BEGIN
  IF shopper_id IS NOT NULL THEN
    SELECT "stripeCustomerId" INTO customer_id FROM "User" WHERE id = shopper_id FOR NO KEY UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM "Order" WHERE "userId" = shopper_id AND status = 'pending') THEN
      RETURN;
    END IF;
  ELSE
    PERFORM pg_advisory_xact_lock(hashtextextended(guest_hash, 18150002));
    IF EXISTS (SELECT FROM "Order" WHERE "guestHash" = guest_hash AND status = 'pending') THEN
      RETURN;
    END IF;
  END IF;
  RETURN NEXT customer_id;
END
$$;
