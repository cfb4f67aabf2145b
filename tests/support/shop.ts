// A whole shop with its own database on a free port, with a sandbox or without any Stripe.
import { randomBytes } from 'node:crypto'
import { pino, type Logger } from 'pino'
import Stripe from 'stripe'
import { inject } from 'vitest'
import { parseConfig } from '../../src/config.js'
import { seedCatalog } from '../../src/catalog/seed.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import type { Sandbox } from 'stripe-sandbox'
import { shopAppId } from '../../src/settings/shop-identity.js'
import type { Settings } from '../../src/settings/settings.js'
import { startShop } from '../../src/shop.js'
import { createTestDatabase } from './postgres/test-database.js'
import { openProxy, type CuttableProxy } from './cuttable-proxy.js'
import { freePort } from './free-port.js'
import { addPlainProducts } from './plain-catalog.js'
import { startPgBouncer } from './pgbouncer.js'

export interface TestShop {
  url: string
  database: Database
  databaseUrl: string
  /** Null when the shop was started without a sandbox. */
  sandbox: Sandbox | null
  stripe: Stripe
  webhookSecret: string
  appId: string
  /** The environment variables it was configured with. */
  environment: NodeJS.ProcessEnv
  /** Between the shop and its database. `database` above does not use it. */
  proxy: CuttableProxy
  close(): Promise<void>
}

/** What a shop under test and that of the screenshots have in common. */
export type RunningShop = Omit<TestShop, 'proxy' | 'close'>

export interface TestShopOptions {
  /** False: STRIPE_API_BASE is a port where nothing listens. */
  sandbox?: boolean
  environment?: NodeJS.ProcessEnv
  /** True: the sample products as a new shop has them, most with delivery and some with options. */
  demoProducts?: boolean
  /** What the owner has changed. */
  settings?: Partial<Settings>
  /** Defaults of the database's sessions, such as { timezone: 'Asia/Kolkata' }. */
  databaseSettings?: Record<string, string>
  /** Puts PgBouncer with these settings between the shop and its database. By default, the suite decides. */
  pgbouncer?: Record<string, string>
  /** After how many seconds a bank debit is decided. By default 3. */
  delayedMethodSeconds?: number
  /** Where the shop logs. By default nowhere, or as TEST_LOG says. */
  log?: Logger
}

const SECRET_KEY = 'sk_test_shopundertest'

export async function startTestShop(options: TestShopOptions = {}): Promise<TestShop> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { url: databaseUrl, drop } = await createTestDatabase()
  const database = openDatabase(databaseUrl, { max: 5 })
  await (options.demoProducts ? seedCatalog : addPlainProducts)(database.prisma)
  await database.prisma.shop.create({ data: { ...options.settings } })

  await setDefaults(database, options.databaseSettings ?? {})

  const sandbox =
    options.sandbox === false
      ? null
      : await (
          await import('stripe-sandbox')
        ).createSandbox({
          port: 0,
          delayedMethodSeconds: options.delayedMethodSeconds ?? 3,
          retryDelays: [1, 1, 1],
        })
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`
  await sandbox?.addWebhookEndpoint({ url: `${url}/stripe/webhook`, secret: webhookSecret })
  const apiBase = sandbox?.url ?? `http://127.0.0.1:${await freePort()}`
  const { pgbouncer = inject('pgbouncer') ? {} : undefined } = options
  const bouncer = pgbouncer ? await startPgBouncer(databaseUrl, pgbouncer) : null
  const { hostname: host, port: databasePort } = new URL(bouncer?.through(databaseUrl) ?? databaseUrl)
  const proxy = await openProxy({ host, port: Number(databasePort) })
  const proxiedUrl = new URL(databaseUrl)
  proxiedUrl.host = `127.0.0.1:${proxy.port}`
  const environment = {
    PORT: String(port),
    DATABASE_URL: proxiedUrl.href,
    STRIPE_SECRET_KEY: sandbox?.secretKey ?? SECRET_KEY,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE: apiBase,
    SESSION_SECRET: 'a secret of the tests, long enough',
    ...options.environment,
  }
  const config = parseConfig(environment)
  if (!config.stripe) throw new Error('the shop under test has no Stripe')
  const shop = await startShop({
    config,
    databaseUrl: proxiedUrl.href,
    stripe: config.stripe,
    demo: false,
    log: options.log ?? pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
  })
  const { hostname, port: stripePort } = new URL(apiBase)
  return {
    url,
    database,
    databaseUrl,
    sandbox,
    stripe: new Stripe(config.stripe.secretKey, { host: hostname, port: stripePort, protocol: 'http' }),
    webhookSecret,
    appId: await shopAppId(database.prisma),
    environment,
    proxy,
    async close() {
      await shop.stop()
      await sandbox?.close()
      await database.close()
      await proxy.close()
      await bouncer?.stop()
      await drop()
    },
  }
}

/** Sets what new sessions of this database begin with. */
async function setDefaults({ prisma }: Database, settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const command = `ALTER DATABASE %I SET ${name} = ''${value}''`
    await prisma.$executeRawUnsafe(`DO $$ BEGIN EXECUTE format('${command}', current_database()); END $$`)
  }
}
