// After a rotation of SESSION_SECRET, authenticator apps work with the new secret alone.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase, type Database } from '../../src/database/client.js'
import { resealSecrets } from '../../src/operators/reseal-secrets.js'
import { openSecret, sealSecret } from '../../src/operators/sealed-secret.js'
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.js'

const [OLD, NEW] = ['the old secret, which is long enough', 'the new secret, which is long enough']

let place: TestDatabase
let database: Database
beforeAll(async () => {
  place = await createTestDatabase()
  database = openDatabase(place.url, { max: 2 })
})
afterAll(async () => {
  await database.close()
  await place.drop()
})

async function newFactor(secrets: readonly string[], secret: string): Promise<number> {
  const { id } = await database.prisma.user.create({
    data: { email: `${secret}@shopper.example`, name: 'Ada', passwordHash: 'x' },
  })
  await database.prisma.secondFactor.create({ data: { userId: id, secret: sealSecret(secrets, id, secret) } })
  return id
}

async function openedWith(secrets: readonly string[], userId: number): Promise<string | null> {
  const { secret } = await database.prisma.secondFactor.findUniqueOrThrow({ where: { userId } })
  return openSecret(secrets, userId, secret)
}

it('those of the old secret are encrypted anew, and no others', async () => {
  const old = await newFactor([OLD], 'old')
  const current = await newFactor([NEW], 'new')
  const lost = await newFactor(['a secret that nobody has any more'], 'lost')
  expect(await openedWith([NEW], old)).toBeNull()

  // The new one is last: nothing is encrypted with it yet, so that every machine can read it.
  expect(await resealSecrets(database.prisma, [OLD])).toBe(0)
  expect(await resealSecrets(database.prisma, [NEW, OLD])).toBe(1)
  expect(await openedWith([NEW], old)).toBe('old')
  expect(await openedWith([NEW], current)).toBe('new')
  expect(await openedWith([NEW, OLD], lost)).toBeNull()
  expect(await resealSecrets(database.prisma, [NEW, OLD])).toBe(0)
})
