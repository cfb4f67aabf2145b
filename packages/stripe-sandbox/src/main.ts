// The command `npm run sandbox`: a local Stripe by itself, for any project.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { config as readDotenv } from 'dotenv'
import { pino } from 'pino'
import { createSandbox, type Sandbox } from './index.js'
import { TEST_CARDS } from './payments/test-cards.js'

const USAGE = `A local Stripe: API, pay page and signed webhooks. No account, no network, no money.

  --port NUMBER     where to listen on 127.0.0.1 (default: SANDBOX_PORT, or 12111)
  --dir PATH        where to keep the state (default: DATA_DIR's sandbox folder, where DATA_DIR is set; or in memory)
  --socket PATH     a Unix socket to listen on too (default: stripe.sock in the state's folder)
  --webhook URL     where to deliver events; may be given several times
  --verbose         log every request
  --help            this text

SANDBOX_PORT and DATA_DIR are variables of the environment, or of .env.
`

/** What the shop's own sandbox goes by: this one keeps its state where that would, and listens there. */
function defaults(): { port: string; dir: string | undefined } {
  readDotenv({ quiet: true })
  const { SANDBOX_PORT, DATA_DIR } = process.env
  return { port: SANDBOX_PORT || '12111', dir: DATA_DIR ? join(DATA_DIR, 'sandbox') : undefined }
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      dir: { type: 'string' },
      socket: { type: 'string' },
      webhook: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const fallback = defaults()
  const port = Number(values.port ?? fallback.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(
      `${values.port === undefined ? 'SANDBOX_PORT' : '--port'} ${values.port ?? fallback.port} is not a port number.`,
    )
  for (const url of values.webhook) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Error(`--webhook ${url} is not a URL: it begins with http:// or https://.`)
  }
  const log = pino({ level: values.verbose ? 'info' : 'warn' })
  const { dir = fallback.dir, socket } = values
  const sandbox = await createSandbox({
    port,
    log,
    ...(dir === undefined ? {} : { dir }),
    ...(socket === undefined ? {} : { socket }),
  })
  for (const url of values.webhook) await sandbox.addWebhookEndpoint({ url })
  process.stdout.write(greeting(sandbox, values.webhook))

  const stop = (): void => void sandbox.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function greeting(sandbox: Sandbox, webhooks: string[]): string {
  const shown = [
    '4242424242424242',
    '4000000000000002',
    '4000000000009995',
    '4000000000003220',
    '4000000000000259',
  ]
  const cards = TEST_CARDS.filter((card) => shown.includes(card.number)).map(
    (card) => `    ${card.number}  ${card.does}`,
  )
  return `
  The sandbox runs: no money moves.

  Open                    ${sandbox.url}
  STRIPE_SECRET_KEY       ${sandbox.secretKey}
  STRIPE_PUBLISHABLE_KEY  ${sandbox.publishableKey}
  STRIPE_WEBHOOK_SECRET   ${sandbox.webhookSecret}
  Delivers events to      ${webhooks.length === 0 ? 'nowhere: start it with --webhook URL' : webhooks.join(', ')}

  new Stripe(key, { host: '127.0.0.1', port: ${sandbox.port}, protocol: 'http' })
  STRIPE_API_KEY=key stripe trigger checkout.session.completed --api-base ${sandbox.url}

  Test cards, with any future date and any CVC (all of them: ${sandbox.url}):
${cards.join('\n')}

`
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
