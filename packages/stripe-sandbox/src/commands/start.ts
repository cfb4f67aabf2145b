// The command `stripe-sandbox`: starts a sandbox, prints its keys, and runs until it is stopped.
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { createSandbox } from '../index.js'
import { TEST_CARDS } from '../payments/test-cards.js'
import type { Sandbox } from '../sandbox.js'

const USAGE = `Usage: stripe-sandbox [options]

Runs a local Stripe: API, Checkout pages and signed webhooks. No account, no network, no money.

  --port NUMBER   port on 127.0.0.1; 0 takes any free port (default: STRIPE_SANDBOX_PORT, or 12111)
  --allow-host NAME
                  host name to answer to besides loopback ones, such as host.docker.internal; repeat it for several
  --dir PATH      directory to keep the state in (default: STRIPE_SANDBOX_DIR, or in memory only)
  --webhook URL   endpoint to deliver events to; repeat it for several
  --socket PATH   Unix socket to listen on as well (default: stripe.sock in the state directory)
  --verbose       log every request
  --help          show this help
`

const DEFAULT_PORT = '12111'

/** The cards that are printed at the start; the control panel lists all of them. */
const SHOWN_CARDS = [
  '4242424242424242',
  '4000000000000002',
  '4000000000009995',
  '4000000000003220',
  '4000000000000259',
]

/** Runs the command. Prints what went wrong, and sets the exit code, when the sandbox cannot start. */
export async function start(words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run(words, environment)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

async function run(words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      port: { type: 'string' },
      dir: { type: 'string' },
      socket: { type: 'string' },
      webhook: { type: 'string', multiple: true, default: [] },
      'allow-host': { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  for (const url of values.webhook) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Error(`--webhook ${url} is not a URL that begins with http:// or https://.`)
  }
  const dir = values.dir ?? (environment.STRIPE_SANDBOX_DIR || undefined)
  const { socket } = values
  const sandbox = await createSandbox({
    port: readPort(values.port, environment),
    allowedHosts: values['allow-host'],
    log: pino({ level: values.verbose ? 'info' : 'warn' }),
    ...(dir === undefined ? {} : { dir }),
    ...(socket === undefined ? {} : { socket }),
  })
  for (const url of values.webhook) await sandbox.addWebhookEndpoint({ url })
  process.stdout.write(greeting(sandbox, values.webhook))

  const stop = (): void => void sandbox.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function readPort(option: string | undefined, environment: NodeJS.ProcessEnv): number {
  const text = option ?? (environment.STRIPE_SANDBOX_PORT || DEFAULT_PORT)
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new Error(`${option === undefined ? 'STRIPE_SANDBOX_PORT' : '--port'} ${text} is not a port number.`)
}

function greeting(sandbox: Sandbox, webhooks: string[]): string {
  const cards = TEST_CARDS.filter((card) => SHOWN_CARDS.includes(card.number))
  return `
  The Stripe sandbox is running. No money moves.

  Control panel           ${sandbox.url}
  STRIPE_SECRET_KEY       ${sandbox.secretKey}
  STRIPE_PUBLISHABLE_KEY  ${sandbox.publishableKey}
  STRIPE_WEBHOOK_SECRET   ${sandbox.webhookSecret}
  Delivers events to      ${webhooks.length === 0 ? 'nowhere: restart with --webhook URL' : webhooks.join(', ')}

  new Stripe(key, { host: '127.0.0.1', port: ${sandbox.port}, protocol: 'http' })
  STRIPE_API_KEY=key stripe trigger checkout.session.completed --api-base ${sandbox.url}

  Test cards, with any future date and any CVC (all of them: ${sandbox.url}/cards):
${cards.map((card) => `    ${card.number}  ${card.does}`).join('\n')}

`
}
