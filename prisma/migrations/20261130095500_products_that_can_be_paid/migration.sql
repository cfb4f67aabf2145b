-- A product that Stripe would refuse can't be put on sale, and the error says why. Before, it was listed, and every
-- purchase of it failed.
SET LOCAL lock_timeout = '5s';

-- Why a product can't be paid at Stripe, for the operator; null when it can. The rules are those of src/money.ts, and the
-- tests compare the two currency by currency. A currency that is not known is refused by a constraint.
CREATE FUNCTION "productProblem"(name text, image text, amount int, currency text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  decimals int := CASE
    WHEN currency = ANY ('{bif,clp,djf,gnf,jpy,kmf,krw,mga,pyg,rwf,vnd,vuv,xaf,xof,xpf}') THEN 0
    WHEN currency = ANY ('{bhd,jod,kwd,omr,tnd}') THEN 3
    ELSE 2 END;
  step int := CASE WHEN decimals = 3 THEN 10 WHEN currency IN ('isk', 'ugx') THEN 100 ELSE 1 END;
  minimum int := coalesce((jsonb '{
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "cop": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50, "inr": 50, "jpy": 50, "krw": 50,
    "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "php": 50, "pln": 200, "ron": 200, "rub": 50, "sek": 300,
    "sgd": 50, "thb": 1000, "zar": 50
  }' ->> currency)::int, 1);
  maximum bigint := CASE currency
    WHEN 'cop' THEN 9999999999 WHEN 'idr' THEN 999999999999 WHEN 'inr' THEN 999999999 ELSE 99999999 END;
  one numeric := power(10::numeric, decimals);
  code text := upper(currency);
BEGIN
  IF name ~ '^[\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\u3164\ufeff\uffa0]*$' THEN
    RETURN 'It has no name.';
  ELSIF length(name) > 250 THEN
    RETURN format('Its name has %s characters, and Stripe accepts 250.', length(name));
  ELSIF image <> '' AND image !~ '^(/([^/\\]|$)|https://[^\s/?#@:\\]+(:\d{1,5})?([/?#]|$))' OR image ~ '[\u0001-\u001f\u007f]' THEN
    RETURN 'Its picture must be a path on this site, such as /assets/mug.jpg, or an address that begins with https://.';
  ELSIF length(image) > (CASE WHEN image LIKE '/%' THEN 1900 ELSE 2048 END) THEN
    RETURN format('The address of its picture has %s characters, and Stripe accepts 2048 with the shop’s own in front of a path.', length(image));
  ELSIF amount < minimum THEN
    RETURN format('Its price of %s %s is below Stripe’s minimum of %s %s.',
      round(amount / one, decimals), code, round(minimum / one, decimals), code);
  ELSIF amount > maximum THEN
    RETURN format('Its price of %s %s is above Stripe’s maximum of %s %s.',
      round(amount / one, decimals), code, round(maximum / one, decimals), code);
  ELSIF amount % step <> 0 THEN
    RETURN format('Its price of %s %s is not a multiple of %s %s, the smallest step that Stripe accepts.',
      round(amount / one, decimals), code, round(step / one, decimals), code);
  END IF;
  RETURN NULL;
END $$;

-- Before they are replaced, so that a row which an old constraint tolerates is not refused when it is taken off.
ALTER TABLE "Product" DROP CONSTRAINT "Product_unitAmount_check", DROP CONSTRAINT "Product_currency_check";

-- What is on sale and can't be paid is taken off, and the operator is told.
INSERT INTO "Incident" (kind, subject, message)
SELECT 'product_not_payable', id::text,
  format('Product %s (%s) is no longer on sale, since Stripe would refuse its payment. %s', id, left(name, 100), problem)
FROM "Product", LATERAL "productProblem"(name, image, "unitAmount", currency) AS problem
WHERE active AND (stock IS NULL OR stock >= 0) AND problem IS NOT NULL;

UPDATE "Product" SET active = false
WHERE active AND (stock IS NULL OR stock >= 0) AND "productProblem"(name, image, "unitAmount", currency) IS NOT NULL;

ALTER TABLE "Product"
  -- The maximum depends on the currency.
  ADD CONSTRAINT "Product_unitAmount_check" CHECK ("unitAmount" >= 1) NOT VALID,
  -- The currencies of src/money.ts.
  ADD CONSTRAINT "Product_currency_check" CHECK (currency IN (
    'aed', 'afn', 'all', 'amd', 'ang', 'aoa', 'ars', 'aud', 'awg', 'azn', 'bam', 'bbd', 'bdt', 'bgn', 'bhd', 'bif',
    'bmd', 'bnd', 'bob', 'brl', 'bsd', 'bwp', 'byn', 'bzd', 'cad', 'cdf', 'chf', 'clp', 'cny', 'cop', 'crc', 'cve',
    'czk', 'djf', 'dkk', 'dop', 'dzd', 'egp', 'etb', 'eur', 'fjd', 'fkp', 'gbp', 'gel', 'gip', 'gmd', 'gnf', 'gtq',
    'gyd', 'hkd', 'hnl', 'htg', 'huf', 'idr', 'ils', 'inr', 'isk', 'jmd', 'jod', 'jpy', 'kes', 'kgs', 'khr', 'kmf',
    'krw', 'kwd', 'kyd', 'kzt', 'lak', 'lbp', 'lkr', 'lrd', 'lsl', 'mad', 'mdl', 'mga', 'mkd', 'mmk', 'mnt', 'mop',
    'mur', 'mvr', 'mwk', 'mxn', 'myr', 'mzn', 'nad', 'ngn', 'nio', 'nok', 'npr', 'nzd', 'omr', 'pab', 'pen', 'pgk',
    'php', 'pkr', 'pln', 'pyg', 'qar', 'ron', 'rsd', 'rub', 'rwf', 'sar', 'sbd', 'scr', 'sek', 'sgd', 'shp', 'sle',
    'sos', 'srd', 'std', 'szl', 'thb', 'tjs', 'tnd', 'top', 'try', 'ttd', 'twd', 'tzs', 'uah', 'ugx', 'usd', 'uyu',
    'uzs', 'vnd', 'vuv', 'wst', 'xaf', 'xcd', 'xcg', 'xof', 'xpf', 'yer', 'zar', 'zmw'
  )) NOT VALID;

-- A product that is not on sale may be incomplete. After the constraints, which have names of their own.
CREATE FUNCTION "checkProduct"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  problem text := "productProblem"(NEW.name, NEW.image, NEW."unitAmount", NEW.currency);
BEGIN
  IF problem IS NOT NULL THEN
    RAISE check_violation USING MESSAGE = format('Product %s can’t be on sale. %s', NEW.id, problem);
  END IF;
  UPDATE "Incident" SET "resolvedAt" = now(), "resolvedBy" = 'automatic'
  WHERE kind = 'product_not_payable' AND subject = NEW.id::text AND "resolvedAt" IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "checkProduct" AFTER INSERT OR UPDATE OF name, image, "unitAmount", currency, active ON "Product"
FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION "checkProduct"();
