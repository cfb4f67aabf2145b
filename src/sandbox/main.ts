// The command `npm run sandbox`: a local Stripe by itself, for any project.
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { createSandbox, type Sandbox } from './index.js'
import { testCards } from './payments/test-cards.js'

const usage = `A local Stripe: API, pay page and signed webhooks. No account, no network, no money.

  --port NUMBER     where to listen on 127.0.0.1 (default 12111)
  --dir PATH        where to keep the state (default: in memory)
  --socket PATH     a Unix socket to listen on too (default: stripe.sock in the state's folder)
  --webhook URL     where to deliver events; may be given several times
  --verbose         log every request
  --help            this text
`

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '12111' },
      dir: { type: 'string' },
      socket: { type: 'string' },
      webhook: { type: 'string', multiple: true, default: [] },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return
  }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port} is not a port number.`)
  for (const url of values.webhook) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new Error(`--webhook ${url} is not a URL: it begins with http:// or https://.`)
  }
  const log = pino({ level: values.verbose ? 'info' : 'warn' })
  const { dir, socket } = values
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
  const cards = testCards
    .filter((card) => shown.includes(card.number))
    .map((card) => `    ${card.number}  ${card.does}`)
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
