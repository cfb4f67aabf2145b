import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { signIn, signInMiddleware } from '../../src/accounts/sign-in.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import { requestLog } from '../../src/http/logging.js'
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

const PROXIES = [
  ['says that it is https', true, { 'x-forwarded-proto': 'https' }, 0],
  ['says nothing', true, {}, 1],
  ['is not trusted', false, { 'x-forwarded-proto': 'https' }, 1],
] as const

it.each(PROXIES)(
  'behind a proxy that %s, the cookies of the session and the device belong to this host and to https alone',
  async (_name, isTrusted, forwarded, warnings) => {
    const ada = { email: 'ada@shopper.example', name: 'Ada', passwordHash: 'none' }
    const user = await database.prisma.user.upsert({ where: { email: ada.email }, create: ada, update: {} })
    const { handlers, devices } = signInMiddleware(database, {
      sessionSecrets: ['s'.repeat(32)],
      secureCookies: true,
    })
    const app = express()
    app.set('trust proxy', isTrusted)
    const lines: string[] = []
    app.use(requestLog(pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })))
    app.use(...handlers)
    app.post('/', async (request, response) => {
      await signIn(request, user)
      devices.remember(request, response, user.email)
      response.send('')
    })
    await supertest(app).post('/').set(forwarded)
    const { headers } = await supertest(app).post('/').set(forwarded)
    expect(lines.filter((line) => line.includes('X-Forwarded-Proto'))).toHaveLength(warnings)
    const cookies = headers['set-cookie'] as unknown as string[]
    expect(cookies).toHaveLength(2)
    for (const [index, name] of ['__Host-till', '__Host-till-device'].entries()) {
      expect(cookies[index]).toMatch(new RegExp(`^${name}=[^;]+; `))
      for (const attribute of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'])
        expect(cookies[index]).toContain(`; ${attribute}`)
      expect(cookies[index]).not.toContain('Domain')
    }
  },
)
