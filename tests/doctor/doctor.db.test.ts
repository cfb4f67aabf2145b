// What npm run doctor finds, with each fault provoked.
import { createServer } from 'node:http'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asJson, asText, register } from '../../src/commands/doctor.js'
import { parseConfig } from '../../src/config.js'
import { examine } from '../../src/doctor/examine.js'
import type { Finding } from '../../src/doctor/finding.js'
import { SUBSCRIBED_TYPES } from '../../src/webhooks/dispatch.js'
import { answerWith, openFaultyStripe, type Fault, type FaultyStripe } from '../support/faulty-stripe.js'
import { freePort } from '../support/free-port.js'
import { openMailbox } from '../support/mailbox.js'
import { administer } from '../support/postgres/databases.js'
import { createEmptyDatabase, createTestDatabase, engine } from '../support/postgres/test-database.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let faulty: FaultyStripe
beforeAll(async () => {
  shop = await startTestShop()
  faulty = await openFaultyStripe()
  faulty.target = new URL(String(shop.environment['STRIPE_API_BASE']))
})
afterAll(async () => {
  await faulty.close()
  await shop.close()
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  faulty.fault = null
  faulty.clockOffset = 0
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Examines the test shop's configuration, with these variables instead of its own. */
function examined(variables: NodeJS.ProcessEnv = {}): Promise<Finding[]> {
  const config = parseConfig({ ...shop.environment, ...variables })
  return examine({ config, databaseUrl: config.databaseUrl ?? '', access: config.stripe })
}

/** The findings that are not ok, as "fault: what was found". */
async function wrong(area: Finding['area'], variables: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const findings = (await examined(variables)).filter((one) => one.area === area && one.verdict !== 'ok')
  for (const { advice } of findings) expect(advice).toMatch(/\w/)
  return findings.map(({ verdict, found }) => `${verdict}: ${found}`)
}

const registered = (variables: NodeJS.ProcessEnv = {}) =>
  register(parseConfig({ ...shop.environment, ...variables }))

const answers = (path: string, fault: Fault) => {
  faulty.fault = (_method, asked) => (asked.startsWith(path) ? fault : null)
  return { STRIPE_API_BASE: faulty.url }
}

describe('a healthy shop', () => {
  it('has no faults, and the report has no secrets', async () => {
    await registered()
    const findings = await examined()
    expect(findings.filter(({ verdict }) => verdict === 'fault')).toEqual([])
    const report = asText(findings) + asJson(findings)
    expect(report).toContain('Nothing keeps the shop from selling.')
    expect(JSON.parse(asJson(findings))).toMatchObject({ can_sell: true })
    for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'SESSION_SECRET', 'DATABASE_URL'])
      expect(report).not.toContain(String(shop.environment[name]))
    expect(report).not.toContain(new URL(shop.databaseUrl).password + '@')
    for (const area of ['database', 'stripe', 'webhooks', 'mail', 'address', 'clock', 'disk'])
      expect(findings.map((one) => one.area)).toContain(area)
  })

  it('leaves nothing behind by being examined', async () => {
    const { prisma } = shop.database
    const before = await prisma.stripeEvent.count()
    await examined()
    expect(await prisma.stripeEvent.count()).toBe(before)
  })
})

describe('the endpoint at Stripe', () => {
  const ours = async () => {
    const { data } = await shop.stripe.webhookEndpoints.list()
    const found = data.find(({ url }) => url.startsWith(shop.url))
    if (!found) throw new Error('the test shop has no endpoint')
    return found
  }

  it('names events that are missing or surplus, and registering corrects them', async () => {
    const { id } = await ours()
    const without = SUBSCRIBED_TYPES.filter((type) => type !== 'refund.failed')
    await shop.stripe.webhookEndpoints.update(id, { enabled_events: without as never })
    expect(await wrong('webhooks')).toEqual([
      'fault: The endpoint lacks events that the shop needs: refund.failed.',
    ])
    await shop.stripe.webhookEndpoints.update(id, {
      enabled_events: [...SUBSCRIBED_TYPES, 'charge.succeeded'] as never,
    })
    expect(await wrong('webhooks')).toEqual([
      'warning: The endpoint also sends events that the shop ignores: charge.succeeded.',
    ])
    await shop.stripe.webhookEndpoints.update(id, { disabled: true })
    expect((await wrong('webhooks')).join()).toContain('is disabled: no event comes.')

    const said = await registered()
    expect(said).toMatch(/^Updated: we_\w+ sends \d+ types of events to /)
    expect(said).not.toContain('whsec_')
    expect(await wrong('webhooks')).toEqual([])
    expect((await ours()).enabled_events).toEqual([...SUBSCRIBED_TYPES])
  })

  it('of another API version, or twice, is a warning', async () => {
    const other = await shop.stripe.webhookEndpoints.create({
      url: `${shop.url}/api/payments/webhook`,
      enabled_events: SUBSCRIBED_TYPES as never,
      api_version: '2025-01-27.acacia',
    })
    cleanups.push(() => shop.stripe.webhookEndpoints.del(other.id))
    const found = (await wrong('webhooks')).join('\n')
    expect(found).toMatch(/^warning: 2 endpoints at Stripe lead here, so each event comes 2 times/m)
    expect(found).toMatch(/^warning: Its events have the API version 2025-01-27.acacia/m)
  })

  it('that is missing is a fault, and registering creates it with its secret, which is printed once', async () => {
    const elsewhere = { BASE_URL: 'https://shop.invalid' }
    expect((await wrong('webhooks', elsewhere))[0]).toMatch(
      /^fault: No endpoint at Stripe sends events to https:\/\/shop\.invalid\/stripe\/webhook/,
    )
    const said = await registered(elsewhere)
    expect(said).toMatch(/^Created: we_\w+ sends \d+ types of events to https:\/\/shop\.invalid\//)
    expect(said.match(/^STRIPE_WEBHOOK_SECRET=whsec_\w+$/gm)).toHaveLength(1)
    expect(await registered(elsewhere)).not.toContain('whsec_')
    const { data } = await shop.stripe.webhookEndpoints.list()
    const made = data.filter(({ url }) => url === 'https://shop.invalid/stripe/webhook')
    expect(made).toMatchObject([{ status: 'enabled', enabled_events: [...SUBSCRIBED_TYPES] }])
  })

  it('with another secret than the shop that runs is a fault', async () => {
    expect(
      await wrong('webhooks', { STRIPE_WEBHOOK_SECRET: `${shop.webhookSecret},whsec_ofanotherendpoint` }),
    ).toEqual(['fault: The shop that runs refuses what is signed with secret 2 of STRIPE_WEBHOOK_SECRET.'])
  })
})

describe('Stripe', () => {
  const error = (type: string) => JSON.stringify({ error: { type, message: 'No.' } })

  it('that refuses the key, or the right to read, is a fault', async () => {
    expect(await wrong('stripe', answers('/v1/', answerWith(401, error('invalid_request_error'))))).toEqual([
      'fault: Stripe refuses the key in STRIPE_SECRET_KEY.',
    ])
    expect(
      await wrong('stripe', answers('/v1/disputes', answerWith(403, error('invalid_request_error')))),
    ).toEqual(['fault: The key may not read disputes.'])
  })

  it('whose account can take no payments is told', async () => {
    const account = {
      id: 'acct_1',
      object: 'account',
      charges_enabled: false,
      payouts_enabled: false,
      requirements: { currently_due: ['external_account'] },
    }
    expect(await wrong('stripe', answers('/v1/account', answerWith(200, JSON.stringify(account))))).toEqual([
      'warning: Stripe would let the account take no payments in live mode. Stripe wants: external_account.',
    ])
  })

  it('that can’t be reached is a fault', async () => {
    const found = await wrong('stripe', { STRIPE_API_BASE: `http://127.0.0.1:${await freePort()}` })
    expect(found).toEqual([expect.stringMatching(/^fault: Stripe can't be asked: .*ECONNREFUSED/)])
  })

  it('whose clock differs is told', async () => {
    faulty.clockOffset = 3600
    expect(await wrong('clock', { STRIPE_API_BASE: faulty.url })).toEqual([
      expect.stringMatching(/^fault: This machine's clock is 3\d{3} seconds behind Stripe’s\.$/),
    ])
  })
})

describe('the database', () => {
  const database = async (create = createTestDatabase) => {
    const { url, drop } = await create()
    cleanups.push(drop)
    return url
  }
  const run = (url: string, ...statements: string[]) =>
    administer(url, async (client) => {
      for (const statement of statements) await client.query(statement)
    })

  it('that can’t be reached is a fault, and everything else is examined', async () => {
    const away = `postgresql://till:secretword@127.0.0.1:${await freePort()}/till`
    const findings = await examined({ DATABASE_URL: away })
    const report = asText(findings)
    expect(report).toMatch(/^fault {4}database {7}DATABASE_URL: The database does not answer/m)
    expect(report).not.toContain('secretword')
    expect(report).toContain('Stripe accepts the key.')
    expect(JSON.parse(asJson(findings))).toMatchObject({ can_sell: false })
  })

  // The other engine's user is a superuser, who has every right whatever is revoked. `npm test` runs this file on embedded-18.
  it.runIf(engine() === 'embedded-18')('whose user lacks rights is a fault that names them', async () => {
    const url = await database()
    await run(
      url,
      'REVOKE DELETE ON "Mail" FROM CURRENT_USER',
      'REVOKE CREATE ON SCHEMA public FROM pg_database_owner',
    )
    expect(await wrong('database', { DATABASE_URL: url })).toEqual([
      'fault: The user of DATABASE_URL may not read and write Mail.',
      "fault: The user of DATABASE_URL may not create tables, so the shop can't migrate the database.",
    ])
  })

  it('that is read-only is a fault', async () => {
    const url = await database()
    const name = new URL(url).pathname.slice(1)
    await run(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    expect(await wrong('database', { DATABASE_URL: url })).toEqual(['fault: The database is read-only.'])
  })

  it('says which migrations are pending, have failed, or are of a newer release', async () => {
    const url = await database()
    const rows = '"_prisma_migrations"'
    await run(
      url,
      `UPDATE ${rows} SET migration_name = '29990101000000_newer' WHERE migration_name = (SELECT max(migration_name) FROM ${rows})`,
    )
    const found = (await wrong('database', { DATABASE_URL: url })).join('\n')
    expect(found).toMatch(/^warning: 1 migration is pending: \d{14}_\w+\.$/m)
    expect(found).toMatch(
      /^warning: The database has 1 migration of a newer release: 29990101000000_newer\.$/m,
    )
    await run(url, `UPDATE ${rows} SET finished_at = NULL, logs = 'no' WHERE migration_name LIKE '2999%'`)
    expect(await wrong('database', { DATABASE_URL: url })).toEqual([
      'fault: Migration 29990101000000_newer has failed, and the shop does not start.',
    ])
  })

  it('that is new has no migrations, and that is fine', async () => {
    const url = await database(createEmptyDatabase)
    const findings = await examined({ DATABASE_URL: url })
    expect(asText(findings)).toMatch(/The database is new: the first start applies all \d+ migrations\./)
    expect(findings.filter(({ area, verdict }) => area === 'database' && verdict === 'fault')).toEqual([])
  })

  it('for migrations that is another one is a fault', async () => {
    expect(await wrong('database', { DATABASE_DIRECT_URL: await database() })).toEqual([
      expect.stringMatching(/^fault: DATABASE_DIRECT_URL leads to another database than DATABASE_URL/),
    ])
  })
})

describe('the mail server', () => {
  it('that accepts mail on this machine is fine', async () => {
    const mailbox = await openMailbox()
    cleanups.push(() => mailbox.close())
    expect(await wrong('mail', { SMTP_URL: mailbox.url, MAIL_FROM: 'till@till.example' })).toEqual([])
    expect(mailbox.mails).toEqual([])
  })

  it('that can’t be reached is a fault', async () => {
    const SMTP_URL = `smtp://127.0.0.1:${await freePort()}`
    expect(await wrong('mail', { SMTP_URL, MAIL_FROM: 'till@till.example' })).toEqual([
      expect.stringMatching(/^fault: The mail server 127\.0\.0\.1:\d+ can't be used: .*ECONNREFUSED/),
    ])
  })

  it('that refuses the password is a fault, which does not print it', async () => {
    const server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, done) => done(new Error('Invalid username or password')),
    })
    server.on('error', () => undefined)
    const port = await freePort()
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', () => listening()))
    cleanups.push(() => new Promise<void>((closed) => server.close(() => closed())))
    const SMTP_URL = `smtp://shop:secretword@127.0.0.1:${port}`
    const found = await wrong('mail', { SMTP_URL, MAIL_FROM: 'till@till.example' })
    expect(found).toEqual([
      expect.stringMatching(/^fault: .* refuses the user or the password in SMTP_URL\.$/),
    ])
    expect(found.join()).not.toContain('secretword')
  })
})

describe('the address', () => {
  it('where nothing answers is a fault', async () => {
    const found = await wrong('address', { BASE_URL: `http://127.0.0.1:${await freePort()}` })
    expect(found).toEqual([
      expect.stringMatching(/^fault: Nothing answers at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    ])
  })

  it('where a program answers that is no shop is a fault', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end())
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    cleanups.push(() => {
      server.closeAllConnections()
      return new Promise((closed) => server.close(closed))
    })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    expect(await wrong('address', { BASE_URL: `http://127.0.0.1:${port}` })).toEqual([
      expect.stringMatching(/\/healthz is answered with 404, and not by the shop\.$/),
    ])
  })

  it('of a shop with other variables is a fault', async () => {
    expect(await wrong('address', { SESSION_SECRET: 'another secret, which is also long enough' })).toEqual([
      expect.stringMatching(/^fault: The shop at .* does not know our SESSION_SECRET/),
    ])
  })
})
