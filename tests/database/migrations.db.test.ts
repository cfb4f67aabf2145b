import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { cp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrateResolve } from '../../src/commands/migrate-resolve.js'
import { CommandError } from '../../src/commands/run.js'
import { migrate, resolveMigration } from '../../src/database/migrations.js'
import { migrationsFolder, schemaFile, writeMigration } from '../../src/database/migrations/folder.js'
import { difference, writeNextMigration } from '../../src/database/migrations/write.js'
import { createEmptyDatabase, type TestDatabase } from '../support/postgres/test-database.js'

let database: TestDatabase
let client: pg.Client
let folder: string

beforeEach(async () => {
  database = await createEmptyDatabase()
  client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  folder = mkdtempSync(path.join(tmpdir(), 'till-migrations-'))
})

afterEach(async () => {
  await client.end()
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** Writes migrations titled one, two, three, and returns their full names. */
async function write(...scripts: string[]): Promise<string[]> {
  const names: string[] = []
  const titles = ['one', 'two', 'three']
  for (const [i, sql] of scripts.entries()) names.push(await writeMigration(folder, titles[i] ?? 'more', sql))
  return names
}

const tables = async () => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

const othersOnDatabase = async () => {
  const { rowCount } = await client.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  return rowCount
}

const sleeper = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()`

const waiting = { timeout: 20_000, interval: 20 }

describe('migrate', () => {
  test('applies new migrations in order, each once', async () => {
    const names = await write('CREATE TABLE a ()', 'ALTER TABLE a ADD COLUMN b int')
    expect(await migrate(database.url, folder)).toEqual(names)
    expect(await migrate(database.url, folder)).toEqual([])
    const later = await writeMigration(folder, 'later', 'ALTER TABLE a DROP COLUMN b')
    expect(await migrate(database.url, folder)).toEqual([later])
    expect(await tables()).toEqual(['a'])
  })

  test('leaves no connections or locks', async () => {
    await write('CREATE TABLE a ()')
    await migrate(database.url, folder)
    await expect.poll(othersOnDatabase, waiting).toBe(0)
    const locks = await client.query(
      `SELECT FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname = current_database()`,
    )
    expect(locks.rowCount).toBe(0)
  })

  test('several runs at once apply each migration once', async () => {
    const names = await write('CREATE TABLE a ()', 'CREATE TABLE b ()')
    const results = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url, folder)))
    expect(results.flat()).toEqual(names)
    const { rows } = await client.query(
      'SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY started_at',
    )
    expect(rows).toEqual(names.map((name) => ({ name })))
  })

  test('a concurrent index is built while other processes wait', async () => {
    const names = await write(
      'CREATE TABLE a (b int); INSERT INTO a SELECT generate_series(1, 50000)',
      'CREATE INDEX CONCURRENTLY a_b ON a (b)',
    )
    const results = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, folder)))
    expect(results.flat()).toEqual(names)
  })

  test('names the process that holds the lock, and gives up', async () => {
    await write('CREATE TABLE a ()')
    const holder = new pg.Client({ connectionString: database.url, application_name: 'left behind' })
    holder.on('error', () => undefined)
    await holder.connect()
    const { rows } = await holder.query<{ pid: number }>(
      'SELECT pg_backend_pid() AS pid, pg_advisory_lock(72707369)',
    )
    const said: string[] = []
    const lock = { waitSeconds: 2.3, onWait: (message: string) => said.push(message) }
    const end = `SELECT pg_terminate_backend(${rows[0]?.pid});`
    const failure = await migrate(database.url, folder, lock).catch((error: unknown) => String(error))
    for (const text of [failure, said.join()]) {
      expect(text).toContain('application "left behind"')
      expect(text).toContain(end)
    }
    expect(said).toHaveLength(1)
    await client.query(end)
    expect(await migrate(database.url, folder)).toHaveLength(1)
  })

  test('runs functions, literals with semicolons, a trailing comment, and a concurrent index', async () => {
    await write(
      `CREATE TABLE a (b int, c text DEFAULT 'x;y'); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; -- done`,
      'CREATE INDEX CONCURRENTLY a_b ON a (b)',
    )
    expect(await migrate(database.url, folder)).toHaveLength(2)
    expect((await client.query('SELECT f()')).rows).toEqual([{ f: 1 }])
    expect((await client.query(`SELECT indexname FROM pg_indexes WHERE tablename = 'a'`)).rows).toEqual([
      { indexname: 'a_b' },
    ])
  })

  test('a failing migration is named with cause and remedy, and can be corrected', async () => {
    const [one, two = ''] = await write(
      'CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1)',
      'CREATE TABLE c (); CREATE UNIQUE INDEX a_b ON a (b)',
    )
    const message = `Migration ${two} failed: Unique constraint failed: (b)`
    await expect(migrate(database.url, folder)).rejects.toThrow(message)
    expect(await tables()).toEqual(['a'])
    // The error repeats at each start until the migration is resolved.
    await expect(migrate(database.url, folder)).rejects.toThrow(message)
    await expect(migrate(database.url, folder)).rejects.toThrow(`npm run migrate:resolve ${two}`)
    await expect.poll(othersOnDatabase, waiting).toBe(0)

    await expect(resolveMigration(database.url, one ?? '')).rejects.toThrow(`Failed: ${two}`)
    await expect(migrateResolve(database.url, one)).rejects.toBeInstanceOf(CommandError)
    await resolveMigration(database.url, two)
    await client.query('DELETE FROM a')
    expect(await migrate(database.url, folder)).toEqual([two])
    expect(await tables()).toEqual(['a', 'c'])
  })

  test('a migration whose connection broke runs again', async () => {
    const names = await write('CREATE TABLE a (); SELECT pg_sleep(60)')
    const broken = migrate(database.url, folder).catch((error: unknown) => String(error))
    await expect.poll(async () => (await client.query(sleeper)).rowCount, waiting).toBe(1)
    await client.query(`SELECT pg_terminate_backend(pid) FROM (${sleeper}) AS its`)
    expect(await broken).toMatch(/connection/)
    expect(await tables()).toEqual([])

    writeFileSync(path.join(folder, names[0] ?? '', 'migration.sql'), 'CREATE TABLE a ()')
    const all = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, folder)))
    expect(all.flat()).toEqual(names)
  })

  test('a migration committed before its process was killed counts as applied', async () => {
    await write('CREATE TABLE a (); SELECT pg_sleep(1)')
    const script = fileURLToPath(new URL('migrate-process.ts', import.meta.url))
    const victim = spawn(process.execPath, ['--import', 'tsx', script, database.url, folder], {
      stdio: 'ignore',
    })
    const exited = once(victim, 'exit')
    await expect.poll(async () => (await client.query(sleeper)).rowCount, waiting).toBe(1)
    victim.kill('SIGKILL')
    await exited
    // Waits for the lock of the dead process's connection, which PostgreSQL holds until the script ends.
    const all = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url, folder)))
    expect(all.flat()).toEqual([])
    expect(await tables()).toEqual(['a'])
  })

  test('names a server that does not answer', async () => {
    await write('CREATE TABLE a ()')
    await expect(migrate('postgresql://till:till@127.0.0.1:1/shop', folder)).rejects.toThrow(
      'The database does not answer (127.0.0.1:1, database shop): connect ECONNREFUSED',
    )
  })

  test('a folder without migrations is an error', async () => {
    await expect(migrate(database.url, path.join(folder, 'nowhere'))).rejects.toThrow('no migrations')
  })
})

describe('the next migration', () => {
  const schema = (fields: string) => {
    const file = path.join(folder, 'schema.prisma')
    writeFileSync(
      file,
      `datasource db {\n  provider = "postgresql"\n}\n\nmodel Thing {\n  id Int @id\n${fields}}\n`,
    )
    return file
  }

  test('contains the difference between the schema and the migrations', async () => {
    const first = await writeNextMigration(database.url, 'Begin: Things!', folder, schema(''))
    expect(first).toMatch(/^\d{14}_begin_things$/)
    expect(readFileSync(path.join(folder, first ?? '', 'migration.sql'), 'utf8')).toMatch(
      /^-- CreateTable\nCREATE TABLE "Thing"/,
    )
    expect(await writeNextMigration(database.url, 'again', folder, schema(''))).toBeUndefined()

    const second = await writeNextMigration(database.url, 'names', folder, schema('  name String?\n'))
    expect(readFileSync(path.join(folder, second ?? '', 'migration.sql'), 'utf8').trim()).toBe(
      '-- AlterTable\nALTER TABLE "Thing" ADD COLUMN     "name" TEXT;',
    )
    expect(await migrate(database.url, folder)).toEqual([first, second])
    expect(
      await writeNextMigration(database.url, 'again', folder, schema('  name String?\n')),
    ).toBeUndefined()
  })

  test('leaves no shadow database, even when a migration fails', async () => {
    await write('CREATE TABLE "Thing" (id int PRIMARY KEY', 'nonsense')
    await expect(writeNextMigration(database.url, 'next', folder, schema(''))).rejects.toThrow()
    const left = await client.query(`SELECT FROM pg_database WHERE datname LIKE 'till_shadow_%'`)
    expect(left.rowCount).toBe(0)
    expect(readdirSync(folder).filter((name) => name.endsWith('_next'))).toEqual([])
  })

  test('sorts after the last one, even within one second', async () => {
    const now = new Date('2026-05-01T00:00:00Z')
    for (const title of ['b', 'a', 'c']) await writeMigration(folder, title, 'SELECT 1', now)
    expect(readdirSync(folder).sort()).toEqual([
      '20260501000000_b',
      '20260501000001_a',
      '20260501000002_c',
      'migration_lock.toml',
    ])
  })
})

test('prisma/migrations produce the schema in prisma/schema.prisma', async () => {
  expect(await difference(database.url, migrationsFolder, schemaFile)).toBeUndefined()
})

test('products that can’t be paid are taken off, the operator is told, and correcting one settles it', async () => {
  const before = (await readdir(migrationsFolder)).sort().filter((name) => name < '20261130095500')
  for (const name of before) {
    await cp(path.join(migrationsFolder, name), path.join(folder, name), { recursive: true })
  }
  await migrate(database.url, folder)
  const add = (slug: string, name: string, amount: number, currency: string, active = true) =>
    client.query(
      `INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, active, "updatedAt")
       VALUES ($1, $2, '', '', '/mug.jpg', '', $3, $4, $5, now())`,
      [slug, name, amount, currency, active],
    )
  await add('mug', 'Mug', 1000, 'usd')
  await add('sticker', 'Sticker', 30, 'usd')
  await add('dinar', 'Dinar', 1234, 'kwd')
  await add('blank', ' ', 1000, 'usd')
  await add('draft', 'Draft', 1, 'usd', false)

  await migrate(database.url)
  const { rows: sold } = await client.query('SELECT slug FROM "Product" WHERE active')
  expect(sold).toEqual([{ slug: 'mug' }])
  const open = async () => {
    const { rows } = await client.query<{ subject: string; message: string }>(
      `SELECT subject, message FROM "Incident" WHERE kind = 'product_not_payable' AND "resolvedAt" IS NULL ORDER BY id`,
    )
    return rows
  }
  expect((await open()).map(({ subject }) => subject)).toEqual(['2', '3', '4'])
  expect((await open())[0]?.message).toMatch(
    /^Product 2 \(Sticker\) .* below Stripe’s minimum of 0\.50 USD\.$/,
  )
  // The units of an order that is not paid return to stock, whatever the price.
  await client.query('UPDATE "Product" SET stock = 5 WHERE id = 2')
  await expect(client.query('UPDATE "Product" SET active = true WHERE id = 2')).rejects.toThrow(
    'Product 2 can’t be on sale. Its price of 0.30 USD is below',
  )
  await client.query('UPDATE "Product" SET active = true, "unitAmount" = 300 WHERE id = 2')
  expect((await open()).map(({ subject }) => subject)).toEqual(['3', '4'])
})

test('products that were there before today’s rules get their variants', async () => {
  const before = (await readdir(migrationsFolder)).sort().filter((name) => name < '20261126014500')
  for (const name of before) {
    await cp(path.join(migrationsFolder, name), path.join(folder, name), { recursive: true })
  }
  await migrate(database.url, folder)
  await client.query(
    `INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, active, stock, "updatedAt")
     VALUES ('pattern', 'Pattern', '', '', '/pattern.jpg', '', 900, 'usd', true, NULL, now()),
       ('sticker', 'Sticker', '', '', '/sticker.jpg', '', 30, 'usd', true, -1, now()),
       ('gift', 'Gift', '', '', '/gift.jpg', '', 0, 'usd', false, 5, now())`,
  )

  await migrate(database.url)
  const variants = async () => {
    const { rows } = await client.query<{ sku: string }>(
      `SELECT v.sku, v."unitAmount", v.stock, p.stock AS "ofProduct" FROM "Variant" v JOIN "Product" p USING (id) ORDER BY id`,
    )
    return rows
  }
  expect(await variants()).toEqual([
    // Its stock is not counted, which is something else than 0.
    { sku: 'pattern', unitAmount: 900, stock: null, ofProduct: null },
    { sku: 'sticker', unitAmount: 30, stock: 0, ofProduct: -1 },
    { sku: 'gift', unitAmount: 0, stock: 5, ofProduct: 5 },
  ])

  const { rows: offSale } = await client.query('SELECT slug FROM "Product" WHERE "offSale"')
  expect(offSale).toEqual([{ slug: 'gift' }])
  // The rule that the gift breaks is still there.
  await expect(client.query('UPDATE "Product" SET "unitAmount" = 0 WHERE id = 1')).rejects.toThrow(
    'Product_unitAmount_check',
  )

  // The sticker is on sale below Stripe's minimum, and its units return to stock all the same, whichever row is written.
  await client.query('UPDATE "Variant" SET stock = 3 WHERE id = 2')
  expect((await variants())[1]).toMatchObject({ stock: 3, ofProduct: 3 })
  await client.query('UPDATE "Product" SET stock = 4 WHERE id = 2')
  expect((await variants())[1]).toMatchObject({ stock: 4, ofProduct: 4 })
})
