// Fills a migrated and seeded database with the rows of a shop that has been running for two years.
import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** How many rows there are. Products are those beside the demo products; they have twice as many variants. */
export interface Size {
  orders: number
  customers: number
  products: number
  events: number
}

/** In the order in which they run. */
export const STEPS = [
  '1-products',
  '2-customers',
  '3-plan',
  '4-orders',
  '5-after-payment',
  '6-events',
] as const

export const readStep = (name: string) => readFile(new URL(`${name}.sql`, import.meta.url), 'utf8')

/**
 * Indexes and foreign keys are made afterwards, which takes a fraction of the time and checks that every row fits.
 * @param say receives a line for each step
 */
export async function fillDatabase(
  database: pg.Client,
  size: Size,
  say: (line: string) => void,
): Promise<void> {
  await database.query(
    `SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'`,
  )
  // Events name the shop.
  await database.query('INSERT INTO "Shop" DEFAULT VALUES ON CONFLICT DO NOTHING')
  await prepare(database, size)
  const left = await takeOff(database)
  for (const name of STEPS) {
    const began = performance.now()
    await database.query(await readStep(name))
    say(`  ${name}: ${Math.round((performance.now() - began) / 1000)} s`)
  }
  const began = performance.now()
  await database.query('DROP SCHEMA building CASCADE')
  for (const statement of left) await database.query(statement)
  await database.query(SET_SEQUENCES)
  await database.query(`UPDATE "Shop" SET backfilled = true`)
  await database.query('VACUUM (FREEZE, ANALYZE)')
  say(`  indexes: ${Math.round((performance.now() - began) / 1000)} s`)
}

async function prepare(database: pg.Client, { orders, customers, products, events }: Size): Promise<void> {
  await database.query(`
    CREATE SCHEMA building;
    CREATE TABLE building.size AS
      SELECT ${orders} AS orders, ${customers} AS customers, ${products} AS products, ${events} AS events, now() AS today,
        (SELECT last_value::int FROM "Product_id_seq") AS "firstProduct", (SELECT coalesce(max(id), 0) FROM "User") AS "firstUser";
    CREATE TABLE building.address AS SELECT jsonb_build_object('line1', '510 Townsend St', 'line2', NULL, 'city', 'San Francisco',
      'state', 'CA', 'postal_code', '94103', 'country', 'US') AS address;
    /** A number below "sides" that looks random and is always the same for the same n and salt. */
    CREATE FUNCTION building.roll(n bigint, salt int, sides int) RETURNS int LANGUAGE sql IMMUTABLE
      AS $$ SELECT ((hashint8extended(n, salt) & 9223372036854775807) % sides)::int $$;`)
}

/** Drops indexes and foreign keys, and switches triggers off. @returns the statements that bring them back */
async function takeOff(database: pg.Client): Promise<string[]> {
  const { rows } = await database.query<{ off: string; on: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS off,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS on, 2 AS turn
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), 1
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
      format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname), 3
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
    ORDER BY turn DESC`)
  for (const { off } of rows) await database.query(off)
  return rows.map(({ on }) => on).reverse()
}

/** Each table's next id follows its highest. Products and variants share theirs. */
const SET_SEQUENCES = `
  DO $$ DECLARE owner record;
  BEGIN
    FOR owner IN
      SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND column_default LIKE 'nextval(%' AND table_name <> 'Product'
    LOOP
      EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT max(%I) + 1 FROM %I), false)',
        quote_ident(owner.table_name), owner.column_name, owner.column_name, owner.table_name);
    END LOOP;
  END $$`
