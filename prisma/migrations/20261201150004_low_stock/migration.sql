-- Marks the variants that are low on stock, of which at most five units are left, so that operators' pages read only those. A sale
-- changes the mark, and with it the index, only when the units fall to the limit.
SET LOCAL lock_timeout = '5s';

ALTER TABLE "Variant" ADD COLUMN "isLow" BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION "markLowStock"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."isLow" := coalesce(NEW.stock <= 5, false);
  RETURN NEW;
END $$;

-- Named to run last: other triggers may change the stock.
CREATE TRIGGER "z_markLowStock" BEFORE INSERT OR UPDATE ON "Variant"
  FOR EACH ROW WHEN (NEW."isLow" IS DISTINCT FROM coalesce(NEW.stock <= 5, false)) EXECUTE FUNCTION "markLowStock"();

-- What has no price is not on sale, and the check on prices, which leaves old rows alone, refuses to change it.
UPDATE "Variant" SET "isLow" = true WHERE stock <= 5 AND "unitAmount" >= 1;

CREATE INDEX "Variant_low_idx" ON "Variant"("productId") WHERE "isLow" AND active;
