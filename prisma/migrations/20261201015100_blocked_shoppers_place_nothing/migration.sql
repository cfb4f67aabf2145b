-- A blocked shopper gets no row, as one with open orders: the shop then locks them alone, and says that they are blocked.
CREATE OR REPLACE FUNCTION "lockShopperWithoutOrders"(shopper_id int, guest_hash text) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  customer_id text;
  blocked_at timestamptz;
BEGIN
  IF shopper_id IS NOT NULL THEN
    SELECT "stripeCustomerId", "blockedAt" INTO customer_id, blocked_at FROM "User" WHERE id = shopper_id FOR NO KEY UPDATE;
    IF NOT FOUND OR blocked_at IS NOT NULL
      OR EXISTS (SELECT FROM "Order" WHERE "userId" = shopper_id AND status = 'pending') THEN
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
