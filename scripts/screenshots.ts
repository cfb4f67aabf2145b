// npm run screenshots [-- FOLDER]: takes a picture of every page in every state, for review.
// It starts a temporary shop with its own database and sandbox.
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import Stripe from 'stripe'
import { seedDemoAccounts } from '../src/accounts/demo-account.js'
import { seedCatalog } from '../src/catalog/seed.js'
import { parseConfig, projectRoot } from '../src/config.js'
import { openDatabase, type Database } from '../src/database/client.js'
import { removePostgres, startPostgres } from 'dev-postgres'
import { migrate } from '../src/database/migrations.js'
import { createSandbox } from 'stripe-sandbox'
import { shopAppId } from '../src/settings/shop-identity.js'
import { startShop } from '../src/shop.js'
import { openChromium } from '../tests/support/chromium/chromium.js'
import { addPlainProducts } from '../tests/support/plain-catalog.js'
import { adminTour } from '../tests/browser/admin-tour.js'
import { afterPayment, delivery, guests, mails, tours, type ShopOnTour } from '../tests/browser/tour.js'

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }
const SCHEMES = ['light', 'dark'] as const
/** Adds the products. */
type Fill = (prisma: Database['prisma']) => Promise<unknown>

const README_PICTURE = path.join(projectRoot, 'docs', 'images', 'shop.png')

const folder = path.resolve(process.argv[2] ?? mkdtempSync(path.join(tmpdir(), 'till-screenshots-')))
mkdirSync(folder, { recursive: true })
mkdirSync(path.dirname(README_PICTURE), { recursive: true })

await inShop(addPlainProducts, takePictures)
await inShop(seedCatalog, takeReadmePicture)
console.log(
  `Wrote the screenshots to ${folder}, and the README's to ${path.relative(projectRoot, README_PICTURE)}.`,
)

async function takePictures(shop: ShopOnTour): Promise<void> {
  const browser = await openChromium()
  try {
    let count = 0
    for (const tour of [...tours, delivery, guests, afterPayment, mails, adminTour]) {
      const context = await browser.newContext({ viewport: SIZES.desktop, reducedMotion: 'reduce' })
      const page = await context.newPage()
      await tour(page, shop, async (name) => {
        count += 1
        await picturesOf(page, `${String(count).padStart(2, '0')}-${name}`)
      })
      await context.close()
    }
  } finally {
    await browser.close()
  }
}

async function takeReadmePicture({ url }: ShopOnTour): Promise<void> {
  const browser = await openChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 830 } })
    await page.goto(`${url}/pricing`)
    await page.screenshot({ path: README_PICTURE })
  } finally {
    await browser.close()
  }
}

async function picturesOf(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      const file = path.join(folder, `${name}.${size}.${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: true })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function inShop(fill: Fill, work: (shop: ShopOnTour) => Promise<void>): Promise<void> {
  const { shop, close } = await openShop(fill)
  try {
    await work(shop)
  } finally {
    await close()
  }
}

async function openShop(fill: Fill): Promise<{ shop: ShopOnTour; close: () => Promise<void> }> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'till-screenshots-data-'))
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
