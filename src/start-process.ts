// Starts the process: configuration, database, sandbox (without a Stripe account), shop. Stops it gracefully.
import cluster from 'node:cluster'
import path from 'node:path'
import { DEMO_ACCOUNT, DEMO_OPERATOR, seedDemoAccounts } from './accounts/demo-account.js'
import { seedCatalog } from './catalog/seed.js'
import {
  ConfigError,
  developmentDatabase,
  importDevelopment,
  loadConfig,
  type Config,
  type StripeAccess,
} from './config.js'
import { openDatabase } from './database/client.js'
import { isDatabaseAway } from './database/errors.js'
import { migrate } from './database/migrations.js'
import { SessionError } from './database/session.js'
import { createLogger, type Logger } from './http/logging.js'
import { writeLocalStripe } from './payments/local-stripe.js'
import { STRIPE_API_VERSION } from './payments/stripe-client.js'
import { collectFromWorkers } from './http/metrics.js'
import { readSettings } from './settings/read-settings.js'
import { shopAppId } from './settings/shop-identity.js'
import { startShop } from './shop.js'

/** V8 flag for workers: a larger young generation, since a burst of events allocates much short-lived memory. */
const WORKER_V8_FLAG = '--max-semi-space-size=32'

/** The process ends this long after a signal, whatever hangs. Supervisors commonly kill it after ten seconds. */
const STOP_SECONDS = 9.8
/** A worker that has not stopped by then is killed. Its shop needs nine seconds at most. */
const WORKER_SECONDS = 9.4

/** Tells a worker that its Stripe is the sandbox, which the primary process started. */
const WITH_SANDBOX = '--with-sandbox'

interface Stoppable {
  stop(): Promise<void>
}

/** Everything started so far, in order. Stopped in reverse. */
const running: Stoppable[] = []

async function main(): Promise<void> {
  const config = loadConfig()
  const log = createLogger(config.logLevel, config.production)
  stopOnSignals(log)
  if (config.production && cluster.isPrimary) for (const warning of config.warnings) log.warn(warning)
  if (cluster.isWorker) await runWorker(config, log)
  else await runPrimary(config, log)
}

/** Prepares what all processes share, then serves the shop itself or forks the workers that do. */
async function runPrimary(config: Config, log: Logger): Promise<void> {
  const databaseUrl = config.databaseUrl ?? (await startDevelopmentDatabase(config, log))
  const business: { name?: string | undefined } = {}
  const sandbox = config.stripe ? null : await startSandbox(config, log, () => business.name)
  const stripe = config.stripe ?? sandbox
  if (!stripe) throw new Error('Neither a Stripe account nor the sandbox is available.')
  business.name = await prepareDatabase(databaseUrl, config, sandbox !== null, log)

  if (config.webConcurrency > 1) startWorkers(config, databaseUrl, stripe, sandbox !== null, log)
  else running.push(await startShop({ config, databaseUrl, stripe, demo: sandbox !== null, log }))
  if (!config.production) printWelcome(config, sandbox !== null)
  log.info(
    {
      url: config.baseUrl,
      stripe: stripe.apiBase?.origin ?? 'api.stripe.com',
      stripeVersion: STRIPE_API_VERSION,
    },
    'the shop is open',
  )
}

async function runWorker(config: Config, log: Logger): Promise<void> {
  const { databaseUrl, stripe } = config
  if (!databaseUrl || !stripe)
    throw new Error('A worker needs DATABASE_URL and the Stripe keys from the primary process.')
  const demo = process.argv.includes(WITH_SANDBOX)
  running.push(await startShop({ config, databaseUrl, stripe, demo, log }))
}

async function startDevelopmentDatabase(config: Config, log: Logger): Promise<string> {
  const { startPostgres } = await importDevelopment(import('dev-postgres'), 'DATABASE_URL')
  const postgres = await startPostgres({
    ...developmentDatabase(config),
    log: (message) => log.info(message),
  })
  running.push(postgres)
  return postgres.url
}

/** @returns the shop's name, for the sandbox. Undefined in production, which has none */
async function prepareDatabase(
  url: string,
  config: Config,
  demo: boolean,
  log: Logger,
): Promise<string | undefined> {
  const applied = await migrate(config.databaseDirectUrl ?? url, undefined, {
    onWait: (message) => log.warn(message),
  })
  if (applied.length > 0) log.info({ applied }, 'applied migrations')
  if (config.production) return undefined
  const database = openDatabase(url, { max: 2 })
  try {
    const products = await seedCatalog(database.prisma)
    if (products > 0) log.info({ products }, 'seeded the catalog')
    if (demo) await seedDemoAccounts(database.prisma)
    // The first start makes the shop's row.
    await shopAppId(database.prisma)
    return (await readSettings(database.prisma)).name
  } finally {
    await database.close()
  }
}

/** Starts the local Stripe, which is never imported in production. */
async function startSandbox(
  config: Config,
  log: Logger,
  businessName: () => string | undefined,
): Promise<StripeAccess> {
  const { createSandbox } = await importDevelopment(import('stripe-sandbox'), 'STRIPE_SECRET_KEY')
  const sandbox = await createSandbox({
    port: config.sandboxPort,
    dir: path.join(config.dataDir, 'sandbox'),
    businessName,
    log: log.child({ part: 'sandbox' }, { level: config.logLevel === 'debug' ? 'debug' : 'warn' }),
  }).catch((error: unknown) => {
    const { code, port } = error as NodeJS.ErrnoException & { port?: number }
    // The sandbox's other EADDRINUSE, without a port, says itself which folder or socket is in use.
    throw code === 'EADDRINUSE' && port !== undefined
      ? new ConfigError([
          `Port ${port} is taken: stop the program that uses it, or choose another with SANDBOX_PORT.`,
        ])
      : error
  })
  running.push({ stop: () => sandbox.close() })
  const { secret } = await sandbox.addWebhookEndpoint({ url: `${config.baseUrl}/stripe/webhook` })
  const access = { secretKey: sandbox.secretKey, webhookSecrets: [secret], apiBase: new URL(sandbox.url) }
  writeLocalStripe(config.dataDir, access)
  return access
}

function startWorkers(
  config: Config,
  databaseUrl: string,
  stripe: StripeAccess,
  withSandbox: boolean,
  log: Logger,
): void {
  const environment = {
    BASE_URL: config.baseUrl,
    DATABASE_URL: databaseUrl,
    STRIPE_SECRET_KEY: stripe.secretKey,
    STRIPE_WEBHOOK_SECRET: stripe.webhookSecrets.join(','),
    STRIPE_API_BASE: stripe.apiBase?.href ?? '',
    SESSION_SECRET: config.sessionSecrets.join(','),
  }
  let stopping = false
  const listening = new Set<number>()
  collectFromWorkers()
  cluster.setupPrimary({
    execArgv: [...process.execArgv, WORKER_V8_FLAG],
    args: withSandbox ? [WITH_SANDBOX] : [],
  })
  for (let count = 0; count < config.webConcurrency; count++) cluster.fork(environment)
  cluster.on('listening', (worker) => listening.add(worker.id))
  cluster.on('exit', (worker, code) => {
    if (stopping) return
    // A worker that dies before it listens would die again: stop instead of forking another.
    if (!listening.has(worker.id)) {
      process.exitCode = 1
      process.kill(process.pid, 'SIGTERM')
    } else {
      log.error({ pid: worker.process.pid, code }, 'a worker exited; another takes its place')
      cluster.fork(environment)
    }
  })
  running.push({
    stop: async () => {
      stopping = true
      await Promise.all(
        Object.values(cluster.workers ?? {}).map(
          (worker) =>
            new Promise((resolve) => {
              worker?.once('exit', resolve)
              worker?.process.kill('SIGTERM')
              setTimeout(() => worker?.process.kill('SIGKILL'), WORKER_SECONDS * 1000).unref()
            }),
        ),
      )
    },
  })
}

function printWelcome(config: Config, sandbox: boolean): void {
  const lines = [
    '',
    `  Shop                ${config.baseUrl}/pricing`,
    `  Stripe API version  ${STRIPE_API_VERSION}`,
    ...(config.smtpUrl ? [] : [`  Email               ${config.baseUrl}/dev/mail`]),
    ...(sandbox
      ? [
          `  Local Stripe        http://127.0.0.1:${config.sandboxPort}`,
          '',
          `  Sign in as          ${DEMO_ACCOUNT.email}    password ${DEMO_ACCOUNT.password}`,
          `                      ${DEMO_OPERATOR.email}   password ${DEMO_OPERATOR.password}, for ${config.baseUrl}/admin`,
          '',
          '  Pay with            4242 4242 4242 4242   succeeds',
          '                      4000 0000 0000 0002   is declined',
          '                      4000 0027 6000 3184   requires 3D Secure',
          '                      any future date, any CVC; the pay page lists more cards',
          '',
          '  No money moves: this is a sandbox.',
        ]
      : []),
    ...(config.warnings.length > 0 ? ['', ...config.warnings.map((warning) => `  ${warning}`)] : []),
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function stopOnSignals(log: Logger): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals) => {
    // Ctrl-C also reaches the workers, and the primary process then signals them again.
    if (stopping) return
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => {
      log.error('could not stop in time; what is still running is cut')
      process.exit(1)
    }, STOP_SECONDS * 1000)
    stopAll().then(
      () => process.exit(),
      (error: unknown) => {
        log.error({ err: error }, 'could not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

async function stopAll(): Promise<void> {
  for (const part of running.splice(0).reverse()) await part.stop()
}

/** Errors that the operator can fix become a sentence that says how; all others keep their stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof SessionError) return error.message
  const { code, port, address, syscall, message } = error as NodeJS.ErrnoException & {
    port?: number
    address?: string
  }
  if (code === 'EADDRINUSE') {
    return `${port ? `Port ${port} is taken` : message}: stop the program that uses it, or choose another port with PORT.`
  }
  if (code === 'EADDRNOTAVAIL' && syscall === 'listen')
    return `${address} is not an address of this machine: set HOST to one that is, or to 0.0.0.0 for all of them.`
  if (isDatabaseAway(error))
    return `${message}\nCheck that the database is running and that DATABASE_URL is correct.`
  if (code === 'EACCES') return `${message}: choose a port above 1023 with PORT.`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Resolves once the shop is open, or could not start and has said why. */
export async function startProcess(): Promise<void> {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`\nTill could not start.\n${explain(error)}\n`)
    await stopAll().catch(() => undefined)
    process.exit(1)
  }
}
