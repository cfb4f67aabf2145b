// The shop and its migrations through Debian's PgBouncer in transaction mode, set up with PgBouncer's own defaults.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import supertest from 'supertest'
import { openDatabase } from '../../src/database/client.js'
import { migrate } from '../../src/database/migrations.js'
import { writeMigration } from '../../src/database/migrations/folder.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '../support/pgbouncer.js'
import { createEmptyDatabase, type TestDatabase } from '../support/postgres/test-database.js'
import { newShopper, PASSWORD, stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

// A developer's machine may lack PgBouncer: then the run says so in large letters. With CI=true it is an error.
describe.skipIf(!hasPgBouncer())('behind PgBouncer', () => {
  describe('a shop', () => {
    let shop: TestShop
    beforeAll(async () => {
      shop = await startTestShop({ pgbouncer: { default_pool_size: '3' } })
    })
    afterAll(() => shop.close())

    it('sells, and no request fails, though transactions share three sessions of the server', async () => {
      const shoppers: { email: string }[] = []
      for (let count = 0; count < 5; count++) shoppers.push(await newShopper(shop.url))
      const lamp = await shop.database.prisma.product.findFirstOrThrow({ where: { stock: null } })
      const statuses = await Promise.all(
        shoppers.map(async ({ email }) => {
          const again = stranger(shop.url)
          const wrong = await again.post('/login').type('form').send({ email, password: 'not this one' })
          const signedIn = await again.post('/login').type('form').send({ email, password: PASSWORD })
          const bought = await again.post(`/checkout/${lamp.id}`).type('form').send({ quantity: '1' })
          const page = await again.get('/account/orders')
          return [wrong.status, signedIn.status, bought.status, page.status]
        }),
      )
      expect(statuses).toEqual(shoppers.map(() => [401, 303, 303, 200]))
    })

    it('events delivered at once are settled, one by one and in sets', async () => {
      const orders = await Promise.all(Array.from({ length: 30 }, () => openOrder(shop)))
      const answers = await Promise.all(
        orders.map((order) => deliver(shop, sessionEvent(shop, order, 'checkout.session.completed'))),
      )
      expect(answers.map(({ status }) => status)).toEqual(orders.map(() => 200))
      for (const order of orders.slice(0, 5))
        await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
      const where = { id: { in: orders.map(({ id }) => id) }, status: 'paid' } as const
      expect(await shop.database.prisma.order.count({ where })).toBe(orders.length)
    })
  })

  it('a pooler that lost its server is named, and the shop sells again when it is back', async () => {
    const shop = await startTestShop({
      sandbox: false,
      pgbouncer: { server_login_retry: '1', server_connect_timeout: '2', query_wait_timeout: '2' },
    })
    const name = new URL(shop.databaseUrl).pathname.slice(1)
    const administrator = new pg.Client({ connectionString: new URL('/postgres', shop.databaseUrl).href })
    try {
      await administrator.connect()
      const allow = (connections: boolean) =>
        administrator.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS ${connections}`)
      await supertest(shop.url).get('/readyz').expect(200)
      await allow(false)
      await administrator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
        name,
      ])
      await expect
        .poll(async () => {
          const { status, body } = await supertest(shop.url).get('/readyz')
          return [status, (body as { detail?: string }).detail]
        })
        .toEqual([503, expect.stringContaining('connection pooler')])
      const page = await supertest(shop.url).get('/pricing').set('accept', 'text/html').expect(503)
      expect(page.headers['retry-after']).toBe('5')
      await allow(true)
      await expect.poll(async () => (await supertest(shop.url).get('/readyz')).status).toBe(200)
      await supertest(shop.url).get('/pricing').expect(200)
    } finally {
      await administrator.end()
      await shop.close()
    }
  })

  describe('a database', () => {
    let own: TestDatabase
    let bouncer: PgBouncer
    let client: pg.Client
    let folder: string
    beforeEach(async () => {
      own = await createEmptyDatabase()
      bouncer = await startPgBouncer(own.url, { default_pool_size: '4' })
      client = new pg.Client({ connectionString: own.url })
      await client.connect()
      folder = mkdtempSync(path.join(tmpdir(), 'till-migrations-'))
    })
    afterEach(async () => {
      await client.end()
      await bouncer.stop()
      await own.drop()
      rmSync(folder, { recursive: true })
    })

    const setForDatabase = (setting: string) =>
      client.query(`ALTER DATABASE ${new URL(own.url).pathname.slice(1)} SET ${setting}`)

    it('is migrated by several processes at once, and no lock stays behind', async () => {
      const url = bouncer.through(own.url)
      const names = [
        await writeMigration(folder, 'one', 'CREATE TABLE a (b int); SELECT pg_sleep(0.3)'),
        await writeMigration(folder, 'two', 'CREATE INDEX CONCURRENTLY a_b ON a (b)'),
      ]
      const results = await Promise.all(Array.from({ length: 3 }, () => migrate(url, folder)))
      expect(results.flat()).toEqual(names)
      const locks = await client.query(
        `SELECT FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND datname = current_database()`,
      )
      expect(locks.rowCount).toBe(0)
      const later = await writeMigration(folder, 'later', 'DROP TABLE a')
      expect(await migrate(own.url, folder)).toEqual([later])
    })

    it('is migrated however short its statements may be', async () => {
      await setForDatabase(`statement_timeout = '300ms'`)
      const other = await startPgBouncer(own.url)
      const name = await writeMigration(folder, 'one', 'CREATE TABLE a (); SELECT pg_sleep(0.6)')
      expect(await migrate(other.through(own.url), folder)).toEqual([name])
      await other.stop()
    })

    it('behind a pooler with one session is refused, with what to set', async () => {
      await writeMigration(folder, 'one', 'CREATE TABLE a ()')
      const other = await startPgBouncer(own.url, { default_pool_size: '1' })
      const url = other.through(own.url)
      await expect(migrate(url, folder, { waitSeconds: 1 })).rejects.toThrow(
        /no second session within 1 seconds.*DATABASE_DIRECT_URL/,
      )
      expect(await migrate(own.url, folder)).toHaveLength(1)
      expect(await migrate(url, folder)).toEqual([])
      await other.stop()
    })

    it('whose sessions use another schema is refused, with what to run', async () => {
      await setForDatabase(`search_path = 'elsewhere'`)
      await writeMigration(folder, 'one', 'CREATE TABLE a ()')
      // Sessions that PgBouncer opened before keep the old default.
      const other = await startPgBouncer(own.url)
      const url = other.through(own.url)
      await expect(migrate(url, folder)).rejects.toThrow(
        /schema \(none\).*ALTER ROLE \w+ SET search_path = 'public';.*DATABASE_DIRECT_URL/,
      )
      const database = openDatabase(url)
      await expect(database.checkSession()).rejects.toThrow(
        /search_path is empty.*ALTER ROLE \w+ SET search_path = 'public';/,
      )
      await database.close()
      await other.stop()
    })

    it('without limits for statements gets a warning, and its transactions have them anyway', async () => {
      const database = openDatabase(bouncer.through(own.url))
      expect(await database.checkSession()).toMatch(/ALTER ROLE \w+ SET statement_timeout = '8s';/)
      const limits = await database.prisma.$transaction(
        (tx) => tx.$queryRaw`SELECT current_setting('statement_timeout') AS statement,
          current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`,
      )
      expect(limits).toEqual([{ statement: '8s', lock: '5s', idle: '10s' }])
      // PgBouncer's other clients are not affected.
      const { rows } = await client.query(`SELECT current_setting('statement_timeout') AS statement`)
      expect(rows).toEqual([{ statement: '0' }])
      await database.close()

      for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
        await setForDatabase(`${limit} = '20s'`)
      const other = await startPgBouncer(own.url)
      const limited = openDatabase(other.through(own.url))
      expect(await limited.checkSession()).toBeNull()
      await limited.close()
      await other.stop()
    })
  })
})
