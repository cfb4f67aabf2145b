// Limits are counted in the database, so that all processes share them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { addressKey, createRateLimits, type RateLimits } from '../../src/http/rate-limits.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

let testDatabase: TestDatabase
let database: Database
let limits: RateLimits
beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = openDatabase(testDatabase.url, { max: 4 })
  limits = createRateLimits(database.pool)
})
afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

const count = (caller: string) => limits.count('passwordReset', caller, 'Wait a while.')
async function countThree(caller: string): Promise<void> {
  for (let tries = 0; tries < 3; tries++) await count(caller)
}
const isRefused = (caller: string) =>
  count(caller).then(
    () => false,
    () => true,
  )

describe('a limit of three an hour', () => {
  it('refuses the fourth try with the seconds to wait', async () => {
    await countThree('ada')
    await expect(count('ada')).rejects.toMatchObject({ status: 429, detail: 'Wait a while.' })
    const problem = (await count('ada').catch((error: unknown) => error)) as {
      options: { retryAfter: number }
    }
    expect(problem.options.retryAfter).toBeGreaterThan(3590)
    expect(problem.options.retryAfter).toBeLessThanOrEqual(3600)
  })

  it('counts each caller and each limit separately', async () => {
    await countThree('bob')
    expect(await isRefused('bo')).toBe(false)
    await limits.count('signIn', 'bob', 'Wait a while.')
  })

  it('is shared by all processes', async () => {
    const other = createRateLimits(database.pool)
    await Promise.all(['one', 'two', 'three'].map(() => other.count('passwordReset', 'cy', '')))
    expect(await isRefused('cy')).toBe(true)
  })

  it('a try that is taken back frees one try', async () => {
    await countThree('dee')
    await limits.takeBack('passwordReset', 'dee')
    expect(await isRefused('dee')).toBe(false)
    expect(await isRefused('dee')).toBe(true)
  })

  it('resetting a caller frees all its tries', async () => {
    await countThree('eve')
    await limits.forget('passwordReset', 'eve')
    await countThree('eve')
    expect(await isRefused('eve')).toBe(true)
  })

  it('resetting a prefix resets matching callers, and treats wildcards literally', async () => {
    await Promise.all(['a_1', 'a_2', 'ab3'].map(countThree))
    await limits.forgetAll('passwordReset', 'a_')
    expect(await Promise.all(['a_1', 'a_2', 'ab3'].map(isRefused))).toEqual([false, false, true])
  })
})

it('the key of an email address has a fixed length', () => {
  expect(addressKey(`${'a'.repeat(300)}@till.example`)).toMatch(/^[\w-]{43}$/)
})
