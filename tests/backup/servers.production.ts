// A backup moves between the PostgreSQL that comes with the shop and the oldest supported one, and from the previous release.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { previousRelease, repositoryRoot } from '../../scripts/release.js'
import { restoreBackup } from '../../src/backup/restore-backup.js'
import { writeBackup } from '../../src/backup/write-backup.js'
import { openDatabase } from '../../src/database/client.js'
import { migrate } from '../../src/database/migrations.js'
import { addPlainProducts } from '../support/plain-catalog.js'
import { administer } from '../support/postgres/databases.js'
import { findPostgres } from '../support/postgres/engines.js'
import { startInstalled, type Server } from '../support/postgres/installed-postgres.js'
import { createEmptyDatabase, createTestDatabase } from '../support/postgres/test-database.js'

const bin = findPostgres()
let folder: string
let installed: Server | null = null
const cleanups: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'till-servers-'))
  if (bin !== undefined) installed = await startInstalled(bin)
}, 120_000)
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  await installed?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function emptyHere(): Promise<string> {
  const { url, drop } = await createEmptyDatabase()
  cleanups.push(drop)
  return url
}

/** A hash of each table's rows in PostgreSQL's text, sorted. */
async function rowsOf(url: string): Promise<Record<string, string>> {
  return administer(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    )
    const hashes: Record<string, string> = {}
    for (const { name } of rows.filter((table) => table.name !== '_prisma_migrations')) {
      const hash = `md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C"), ''))`
      const found = await client.query<{ hash: string }>(
        `SELECT count(*) || ' ' || ${hash} AS hash FROM "${name}" t`,
      )
      hashes[name] = found.rows[0]?.hash ?? ''
    }
    return hashes
  })
}

// Where no PostgreSQL is installed, there is no other version. The run says so, and with CI=true it is an error.
describe('a backup', () => {
  it.skipIf(bin === undefined)('goes to another version of PostgreSQL and back', async () => {
    const source = await createTestDatabase()
    cleanups.push(source.drop)
    const { prisma, close } = openDatabase(source.url, { max: 2 })
    await addPlainProducts(prisma)
    await prisma.shop.create({ data: {} })
    await close()
    const there = path.join(folder, 'there.tar')
    const back = path.join(folder, 'back.tar')
    await writeBackup(source.url, there, '1.2.3')
    const other = installed?.url ?? ''
    const first = await restoreBackup({ url: other, file: there, moved: true, lostAt: new Date() })
    await writeBackup(other, back, '1.2.3')
    const here = await emptyHere()
    const second = await restoreBackup({ url: here, file: back, moved: true, lostAt: new Date() })
    console.log(`from ${first.description.server} to ${second.description.server} and back`)
    expect(await rowsOf(other)).toEqual(await rowsOf(source.url))
    expect(await rowsOf(here)).toEqual(await rowsOf(source.url))
  })

  it('of the previous release is restored and migrated', async () => {
    const { name, commit } = await previousRelease()
    const tree = path.join(folder, 'release')
    execFileSync('mkdir', ['-p', tree])
    const archive = execFileSync('git', ['archive', '--format=tar', commit, 'prisma/migrations'], {
      cwd: repositoryRoot,
      maxBuffer: 2 ** 28,
    })
    execFileSync('tar', ['-x'], { cwd: tree, input: archive })
    const source = await emptyHere()
    const applied = await migrate(source, path.join(tree, 'prisma', 'migrations'))
    const client = new pg.Client({ connectionString: source })
    await client.connect()
    // As that release would: this one's client knows other columns.
    await client.query(`
      INSERT INTO "Product" (slug, name, summary, description, image, category, "unitAmount", currency, stock, "updatedAt")
        VALUES ('mug', 'Mug', 'A mug.', 'A mug.', '/mug.svg', 'Kitchen', 1500, 'usd', 9, now());
      INSERT INTO "User" (email, name, "passwordHash") VALUES ('ada@shopper.example', 'Ada', 'hash');
      INSERT INTO "Order" (key, "userId", email, currency, total, status, "updatedAt")
        SELECT 'ord_00000000000000000000000000', id, email, 'usd', 1500, 'paid', now() FROM "User";
      INSERT INTO "OrderItem" ("orderId", "productId", name, "unitAmount", quantity)
        SELECT o.id, p.id, p.name, 1500, 1 FROM "Order" o, "Product" p;
      INSERT INTO "Shop" DEFAULT VALUES;`)
    await client.end()
    const file = path.join(folder, `${name}.tar`)
    await writeBackup(source, file, name)
    const url = await emptyHere()
    const { migrated } = await restoreBackup({ url, file, moved: true, lostAt: new Date() })
    expect(migrated.length).toBeGreaterThan(0)
    console.log(`release ${name} with ${applied.length} migrations, ${migrated.length} newer ones applied`)
    const { prisma, close } = openDatabase(url, { max: 2 })
    cleanups.push(close)
    const order = await prisma.order.findFirstOrThrow({ include: { items: true, user: true } })
    expect(order).toMatchObject({ total: 1500, status: 'paid', user: { email: 'ada@shopper.example' } })
    expect(order.items).toMatchObject([{ name: 'Mug', quantity: 1 }])
    expect(await prisma.variant.findFirstOrThrow()).toMatchObject({ stock: 9, unitAmount: 1500 })
  })
})
