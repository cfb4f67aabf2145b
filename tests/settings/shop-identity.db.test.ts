import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { shopAppId } from '../../src/settings/shop-identity.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

const opened: { database: Database; testDatabase: TestDatabase }[] = []
beforeAll(async () => {
  for (let count = 0; count < 2; count++) {
    const testDatabase = await createTestDatabase()
    opened.push({ testDatabase, database: openDatabase(testDatabase.url, { max: 4 }) })
  }
})
afterAll(async () => {
  for (const { database, testDatabase } of opened) {
    await database.close()
    await testDatabase.drop()
  }
})

it('each database has one shop id', async () => {
  const [first, second] = opened.map(({ database }) => database.prisma)
  if (!first || !second) throw new Error('two databases were opened')
  const ids = await Promise.all(Array.from({ length: 5 }, () => shopAppId(first)))
  expect(new Set(ids).size).toBe(1)
  expect(ids[0]).toMatch(/^till-./)
  expect(await shopAppId(first)).toBe(ids[0])
  expect(await shopAppId(second)).not.toBe(ids[0])
})
