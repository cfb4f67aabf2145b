import { afterAll, beforeAll, expect, it } from 'vitest'
import { deleteExpiredRows } from '../../src/background/expired-rows.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

let testDatabase: TestDatabase
let database: Database
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url, { max: 2 })
})
afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

it('deletes what has expired, in batches, and nothing else', async () => {
  const { pool, prisma } = database
  await pool.query(`
    INSERT INTO "User" (id, email, name, "passwordHash") VALUES (1, 'ada@shopper.example', 'Ada', 'x');
    INSERT INTO "Session" SELECT n::text, '{}', now() - interval '1 second' FROM generate_series(1, 700) n;
    INSERT INTO "Session" VALUES ('open', '{}', now() + interval '1 minute');
    INSERT INTO "RateLimit" SELECT n::text, 1, extract(epoch FROM now()) * 1000 - 1000 FROM generate_series(1, 700) n;
    INSERT INTO "RateLimit" VALUES ('counting', 1, extract(epoch FROM now()) * 1000 + 60000);
    INSERT INTO "PasswordReset" VALUES ('old', 1, now() - interval '2 days'), ('new', 1, now() + interval '1 hour');
    INSERT INTO "ApiToken" (id, "tokenHash", "userId", "credentialVersion", "expiresAt") VALUES
      ('old', 'old', 1, 1, now() - interval '1 second'), ('new', 'new', 1, 1, now() + interval '1 hour');
    INSERT INTO "EmailVerification" VALUES ('old', 1, now() - interval '1 hour'), ('new', 1, now() + interval '1 hour')`)
  expect(await deleteExpiredRows(prisma)).toBe(2)
  expect(await prisma.session.count()).toBe(201)
  expect(await deleteExpiredRows(prisma)).toBe(0)
  expect(await prisma.session.findMany({ select: { sid: true } })).toEqual([{ sid: 'open' }])
  expect(await prisma.rateLimit.findMany({ select: { key: true } })).toEqual([{ key: 'counting' }])
  expect(await prisma.passwordReset.findMany({ select: { tokenHash: true } })).toEqual([{ tokenHash: 'new' }])
  expect(await prisma.apiToken.findMany({ select: { id: true } })).toEqual([{ id: 'new' }])
  expect(await prisma.emailVerification.findMany({ select: { tokenHash: true } })).toEqual([
    { tokenHash: 'new' },
  ])
})
