// A shop that scripts look at: with a database and a sandbox of its own, which are gone afterwards.
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import Stripe from 'stripe'
import { seedDemoAccounts } from '../src/accounts/demo-account.js'
import { parseConfig } from '../src/config.js'
import { openDatabase, type Database } from '../src/database/client.js'
import { removePostgres, startPostgres } from 'dev-postgres'
import { migrate } from '../src/database/migrations.js'
import { createSandbox } from 'stripe-sandbox'
import { shopAppId } from '../src/settings/shop-identity.js'
import { startShop } from '../src/shop.js'
import { freePort } from '../tests/support/free-port.js'
import type { ShopOnTour } from '../tests/browser/tour.js'

/** Adds the products. */
type Fill = (prisma: Database['prisma']) => Promise<unknown>

export async function inTemporaryShop(fill: Fill, work: (shop: ShopOnTour) => Promise<void>): Promise<void> {
  const { shop, close } = await openShop(fill)
  try {
    await work(shop)
  } finally {
    await close()
  }
}

async function openShop(fill: Fill): Promise<{ shop: ShopOnTour; close: () => Promise<void> }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'till-shop-'))
  // As root, PostgreSQL runs as another user, who must be able to enter the folder.
  chmodSync(dataDir, 0o755)
  const postgres = await startPostgres({ dir: dataDir })
  await migrate(postgres.url)
  const database = openDatabase(postgres.url)
  await fill(database.prisma)
  await seedDemoAccounts(database.prisma)

  const port = await freePort()
  const sandbox = await createSandbox({ delayedMethodSeconds: 1 })
  const webhook = await sandbox.addWebhookEndpoint({ url: `http://127.0.0.1:${port}/stripe/webhook` })
  const { hostname, port: stripePort } = new URL(sandbox.url)
  const stripe = {
    secretKey: sandbox.secretKey,
    webhookSecrets: [webhook.secret],
    apiBase: new URL(sandbox.url),
  }
  const environment = {
    PORT: String(port),
    DATA_DIR: dataDir,
    OPERATOR_EMAIL: 'operator@till.example',
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: webhook.secret,
    STRIPE_API_BASE: sandbox.url,
    SESSION_SECRET: 'a secret of the tests, long enough',
  }
  const config = parseConfig(environment)
  const log = pino({ level: 'error' })
  await database.prisma.shop.create({ data: { promotionCodes: true } })
  const running = await startShop({ config, databaseUrl: postgres.url, stripe, demo: true, log })
  return {
    shop: {
      url: config.baseUrl,
      database,
      databaseUrl: postgres.url,
      webhookSecret: webhook.secret,
      environment,
      appId: await shopAppId(database.prisma),
      sandbox,
      stripe: new Stripe(sandbox.secretKey, { host: hostname, port: stripePort, protocol: 'http' }),
    },
    async close() {
      await running.stop()
      await sandbox.close()
      await database.close()
      await postgres.stop()
      await removePostgres(dataDir)
    },
  }
}
