-- What an order's total is made of, and where it goes. Older rows are backfilled by the shop, in batches.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Order" ADD COLUMN "itemsTotal" INTEGER,
ADD COLUMN "discountTotal" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "shippingTotal" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "taxTotal" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "taxBehavior" TEXT,
ADD COLUMN "automaticTax" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "deliveryCountry" TEXT,
ADD COLUMN "shippingRateId" INTEGER,
ADD COLUMN "shippingRateName" TEXT,
ADD COLUMN "deliveryMinDays" INTEGER,
ADD COLUMN "deliveryMaxDays" INTEGER,
ADD COLUMN "shippingAddress" JSONB,
ADD COLUMN "phone" TEXT,
ADD COLUMN "billingDetails" JSONB,
ADD CONSTRAINT "Order_taxBehavior_check" CHECK ("taxBehavior" IN ('inclusive', 'exclusive')) NOT VALID,
ADD CONSTRAINT "Order_shippingRateId_fkey" FOREIGN KEY ("shippingRateId") REFERENCES "ShippingRate"("id") ON DELETE SET NULL ON UPDATE CASCADE NOT VALID;

-- For orders that the previous release inserts.
CREATE FUNCTION "fillItemsTotal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."itemsTotal" := coalesce(NEW."itemsTotal", NEW.total);
  RETURN NEW;
END $$;

CREATE TRIGGER "fillItemsTotal" BEFORE INSERT ON "Order" FOR EACH ROW EXECUTE FUNCTION "fillItemsTotal"();
