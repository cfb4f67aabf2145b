// Runs a command of stripe-sandbox with the shop's settings: `npm run sandbox` and `npm run stripe`.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { config } from 'dotenv'

const root = fileURLToPath(new URL('..', import.meta.url))
const fromFile = {}
config({ path: path.join(root, '.env'), quiet: true, processEnv: fromFile })
const shop = { ...fromFile, ...process.env }
const command = process.argv.splice(2, 1)[0]

/** The sandbox that the shop starts keeps its state here. */
const shopDirectory = (dataDir) => path.resolve(root, dataDir, 'sandbox')

// A sandbox of its own keeps its state where the shop's would, if DATA_DIR is set, and in memory otherwise. The Stripe CLI
// looks for the sandbox that the shop starts by default.
const settings =
  command === 'stripe-sandbox'
    ? {
        STRIPE_SANDBOX_PORT: shop.SANDBOX_PORT,
        STRIPE_SANDBOX_DIR: shop.DATA_DIR && shopDirectory(shop.DATA_DIR),
      }
    : {
        STRIPE_SANDBOX_DIR: shop.SANDBOX_DIR
          ? path.resolve(root, shop.SANDBOX_DIR)
          : shopDirectory(shop.DATA_DIR || '.till'),
        STRIPE_SANDBOX_URL: shop.STRIPE_API_BASE,
        STRIPE_SANDBOX_KEY: shop.STRIPE_SECRET_KEY,
      }
for (const [name, value] of Object.entries(settings)) if (value) process.env[name] = value

await import(`../packages/stripe-sandbox/bin/${command}.mjs`)
