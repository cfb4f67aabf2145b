// Backups: what is in one, where it is not written, what is refused, and restores and repairs that were interrupted.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LEFT_OUT } from '../../src/backup/format.js'
import { restoreBackup } from '../../src/backup/restore-backup.js'
import { writeBackup } from '../../src/backup/write-backup.js'
import { openDatabase } from '../../src/database/client.js'
import {
  beginRepair,
  claimRepair,
  keepProgress,
  noteRestore,
  RepairTakenError,
} from '../../src/repair/repairs.js'
import { addPlainProducts } from '../support/plain-catalog.js'
import { administer } from '../support/postgres/databases.js'
import {
  createEmptyDatabase,
  createTestDatabase,
  type TestDatabase,
} from '../support/postgres/test-database.js'

let folder: string
let source: TestDatabase
const cleanups: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'till-backup-'))
  source = await createTestDatabase()
  const { prisma, close } = openDatabase(source.url, { max: 2 })
  await addPlainProducts(prisma)
  await prisma.shop.create({ data: { name: 'Tea & “Pots”\t\\N\n', companyLines: ['a,b', '{"c"}', ''] } })
  const bytes = randomBytes(3_000_000)
  await prisma.picture.create({
    data: {
      ...{ id: 'picture', width: 1, height: 1, files: [{ '\u2028': null }] },
      contents: { create: { format: 'webp', width: 1, hash: 'hash', bytes } },
    },
  })
  await prisma.user.create({ data: { email: 'ada@shopper.example', name: 'Ada', passwordHash: 'secret' } })
  await prisma.session.create({ data: { sid: 'session', sess: {}, expire: new Date(Date.now() + 60_000) } })
  await prisma.auditEntry.create({
    data: { actor: 'command', action: 'shop.changed', subject: 'shop', subjectId: '1', fields: ['name'] },
  })
  await prisma.mail.create({ data: { kind: 'password_reset', to: 'ada@shopper.example', data: {} } })
  await close()
})
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  await source.drop()
  await rm(folder, { recursive: true, force: true })
})

const file = (name: string) => path.join(folder, name)

/** Without tables. */
async function emptyDatabase(): Promise<string> {
  const { url, drop } = await createEmptyDatabase()
  cleanups.push(drop)
  return url
}

/** With tables, and without a shop in them: as a restore that was interrupted leaves it. Migrating takes seconds. */
async function migratedDatabase(): Promise<string> {
  const { url, drop } = await createTestDatabase()
  cleanups.push(drop)
  return url
}

/** A hash of the rows of each table, and of what is not a row: keys, triggers, indexes. */
async function contentOf(url: string): Promise<Record<string, string>> {
  return administer(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
    )
    const content: Record<string, string> = {}
    for (const { name } of tables) {
      if (LEFT_OUT.includes(name)) continue
      const { rows } = await client.query<{ hash: string }>(
        `SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS hash FROM "${name}" t`,
      )
      content[name] = rows[0]?.hash ?? ''
    }
    const { rows } = await client.query<{ text: string }>(`
      SELECT string_agg(line, E'\\n' ORDER BY line) AS text FROM (
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated::text AS line
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT tgrelid::regclass || ' ' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public') AS lines(line)`)
    return { ...content, schema: rows[0]?.text ?? '' }
  })
}

const restored = (url: string, name: string, moved = true) =>
  restoreBackup({ url, file: file(name), moved, lostAt: new Date() })

describe('a backup', () => {
  it('restores every row, key, trigger and sequence, but nothing that gives access', async () => {
    const { rows, bytes } = await writeBackup(source.url, file('whole.tar'), '1.2.3')
    expect(rows).toBeGreaterThan(10)
    expect((await stat(file('whole.tar'))).mode & 0o777).toBe(0o600)
    expect((await stat(file('whole.tar'))).size).toBe(bytes)
    const url = await emptyDatabase()
    const { description } = await restored(url, 'whole.tar')
    expect(description).toMatchObject({ till: '1.2.3', format: 1 })
    expect(await contentOf(url)).toEqual(await contentOf(source.url))
    const { prisma, close } = openDatabase(url, { max: 2 })
    cleanups.push(close)
    expect(await prisma.session.count()).toBe(0)
    expect(await noteRestore(prisma)).toBeNull()
    const before = await prisma.user.findFirstOrThrow()
    const user = await prisma.user.create({ data: { email: 'b@b.example', name: 'B', passwordHash: 'x' } })
    expect(user.id).toBe(before.id + 1)
    await expect(prisma.auditEntry.deleteMany()).rejects.toThrow()
  })

  it('is named after its time in a folder, and nothing is left of one that fails', async () => {
    const { file: written } = await writeBackup(source.url, folder, '1.2.3')
    expect(path.basename(written)).toMatch(/^till-\d{8}-\d{6}\.tar$/)
    const files = await readdir(folder)
    await writeFile(file('mine.txt'), 'mine')
    await expect(writeBackup(source.url, file('mine.txt'), '1')).rejects.toThrow('already there')
    expect(await readFile(file('mine.txt'), 'utf8')).toBe('mine')
    await expect(writeBackup(source.url, file('none/x.tar'), '1')).rejects.toThrow('could not be written')
    await expect(writeBackup(await emptyDatabase(), file('empty.tar'), '1')).rejects.toThrow('no shop')
    expect((await readdir(folder)).sort()).toEqual([...files, 'mine.txt'].sort())
  })
})

describe('a restore', () => {
  it('skips numbers, and leaves a note, where the shop has run since', async () => {
    await writeBackup(source.url, file('lost.tar'), '1.2.3')
    const url = await migratedDatabase()
    await restored(url, 'lost.tar', false)
    const { prisma, close } = openDatabase(url, { max: 2 })
    cleanups.push(close)
    const before = await prisma.user.findFirstOrThrow()
    const notes = await Promise.all([noteRestore(prisma), noteRestore(prisma)])
    expect(notes.filter((note) => note !== null)).toHaveLength(1)
    expect(await prisma.repair.findFirstOrThrow()).toMatchObject({ cause: 'restore', phase: 'sessions' })
    // It was due in the backup, and sent since.
    expect(await prisma.mail.findFirstOrThrow()).toMatchObject({ outdated: true, sentAt: null })
    const user = await prisma.user.create({ data: { email: 'b@b.example', name: 'B', passwordHash: 'x' } })
    expect(user.id).toBeGreaterThan(before.id + 1000)
  })

  it('refuses a database that is used, and changes nothing there', async () => {
    await writeBackup(source.url, file('again.tar'), '1.2.3')
    const before = await contentOf(source.url)
    await expect(restored(source.url, 'again.tar')).rejects.toThrow('is not empty')
    expect(await contentOf(source.url)).toEqual(before)
    const url = await emptyDatabase()
    await administer(url, (client) => client.query('CREATE TABLE mine (id int)'))
    await expect(restored(url, 'again.tar')).rejects.toThrow('is not empty')
  })

  it('refuses what is no backup, or damaged, or cut, before it touches the database', async () => {
    await writeBackup(source.url, file('good.tar'), '1.2.3')
    const good = await readFile(file('good.tar'))
    const url = await emptyDatabase()
    await writeFile(file('text.tar'), 'no backup')
    await writeFile(file('flipped.tar'), flipped(good))
    await writeFile(file('cut.tar'), good)
    await truncate(file('cut.tar'), good.length - 3000)
    for (const name of ['text.tar', 'flipped.tar', 'cut.tar', 'missing.tar'])
      await expect(restored(url, name), name).rejects.toMatchObject({ name: 'BackupError' })
    expect(
      await administer(url, (client) =>
        client.query('SELECT FROM pg_tables WHERE schemaname = $1', ['public']),
      ),
    ).toMatchObject({ rowCount: 0 })
  })

  it('that fails half way leaves no row, and can be repeated', async () => {
    await writeBackup(source.url, file('half.tar'), '1.2.3')
    const url = await migratedDatabase()
    await administer(url, (client) => client.query('ALTER TABLE "Variant" ADD CONSTRAINT no CHECK (false)'))
    await expect(restored(url, 'half.tar')).rejects.toThrow('violates check constraint')
    await administer(url, async (client) => {
      expect((await client.query('SELECT FROM "Product" UNION ALL SELECT FROM "User"')).rowCount).toBe(0)
      await client.query('ALTER TABLE "Variant" DROP CONSTRAINT no')
    })
    await restored(url, 'half.tar')
    expect(await contentOf(url)).toEqual(await contentOf(source.url))
  })
})

describe('a repair', () => {
  it('is one process’s at a time, and another goes on where it died', async () => {
    const { prisma, close } = openDatabase(await migratedDatabase(), { max: 4 })
    cleanups.push(close)
    await beginRepair(prisma, new Date(Date.now() - 86_400_000), new Date())
    const claims = await Promise.all([1, 2, 3, 4].map(() => claimRepair(prisma)))
    const [first, ...others] = claims.filter((claim) => claim !== null)
    expect(others).toEqual([])
    if (!first) throw new Error('nobody has the repair')
    const cursor = '2026-12-01T00:00:00.000Z'
    const kept = await keepProgress(prisma, first, { cursor })
    expect(await claimRepair(prisma)).toBeNull()
    await prisma.$executeRaw`UPDATE "Repair" SET "claimedUntil" = now() - interval '1 second'`
    const next = await claimRepair(prisma)
    expect(next).toMatchObject({ id: first.id, phase: 'sessions', cursor })
    await expect(keepProgress(prisma, kept, { phase: 'mails' })).rejects.toBeInstanceOf(RepairTakenError)
    expect(await prisma.repair.findFirstOrThrow()).toMatchObject({ phase: 'sessions', cursor })
  })
})

/** One bit of a row is another. */
function flipped(backup: Buffer): Buffer {
  const copy = Buffer.from(backup)
  const at = Math.floor(copy.length / 2)
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}
