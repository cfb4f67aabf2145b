// The shop as in production, on loopback: two machines behind nginx with TLS, PgBouncer, a primary with a standby, and Stripe.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Stripe from 'stripe'
import { projectRoot } from '../../src/config.js'
import { makeCertificate, startNginx, startPooler, type Pooler } from '../deploy/recipes.js'
import { freePort } from '../support/free-port.js'
import { openMailbox } from '../support/mailbox.js'
import { makeServerFolder } from '../support/postgres/server-folder.js'
import { spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'
import { startPair, type DatabasePair } from './database-pair.js'

export interface Machine {
  /** Stops it as a deployment does, and resolves to the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** @param tree folder of the release to start */
  start(tree?: string): Promise<void>
  log(): string
}

export interface Site {
  /** What shoppers and Stripe use: nginx. */
  url: string
  /** PEM of the certificate authority that a client must trust. */
  ca: Buffer
  machines: readonly [Machine, Machine]
  databases: DatabasePair
  pooler: Pooler
  stripe: Stripe
  webhookSecret: string
  stop(): Promise<void>
}

/**
 * @param options.prepare fills the empty database before the machines start
 * @param options.tree folder of the release that both machines start with
 */
export async function startSite(options: {
  synchronous: boolean
  folderOfPrimary?: string
  prepare: (databaseUrl: string) => Promise<void>
  tree?: string
}): Promise<Site> {
  const cleanups: (() => unknown)[] = []
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    return await startParts(options, cleanups, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(
  { synchronous, folderOfPrimary, prepare, tree }: Parameters<typeof startSite>[0],
  cleanups: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Site> {
  const folder = makeServerFolder('site')
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const ports = { http: await freePort(), https: await freePort(), pooler: await freePort() }
  const shopPorts = [await freePort(), await freePort()] as const
  const url = `https://localhost:${ports.https}`

  const databases = await startPair({ synchronous, ...(folderOfPrimary && { folderOfPrimary }) })
  cleanups.push(() => databases.stop())
  await prepare(databases.primary.url('till'))
  const pooler = await startPooler(folder, ports.pooler, databases.primary.url('till'))
  cleanups.push(() => pooler.stop())

  const certificate = makeCertificate(folder)
  const nginx = await startNginx(folder, { ...ports, shops: shopPorts }, certificate)
  cleanups.push(() => nginx.stop())

  const sandbox = await startStripe(certificate.cert)
  cleanups.push(() => sandbox.stop())
  const { host, secretKey } = sandbox
  const stripe = new Stripe(secretKey, { host: '127.0.0.1', port: sandbox.port, protocol: 'http' })
  const endpoint = await stripe.webhookEndpoints.create({
    url: `${url}/stripe/webhook`,
    enabled_events: ['*'],
  })
  const webhookSecret = endpoint.secret ?? ''
  const mailbox = await openMailbox()
  cleanups.push(() => mailbox.close())

  const environment = {
    NODE_ENV: 'production',
    BASE_URL: url,
    HOST: '127.0.0.1',
    TRUST_PROXY: '1',
    WEB_CONCURRENCY: '1',
    // Without DATABASE_DIRECT_URL: that address would be the lost primary's.
    DATABASE_URL: pooler.url,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_BASE: `http://${host}`,
    SESSION_SECRET: '0123456789abcdef0123456789abcdef',
    SMTP_URL: mailbox.url,
    MAIL_FROM: 'Till <till@till.example>',
    OPERATOR_EMAIL: 'operator@till.example',
    LOG_LEVEL: 'warn',
  }
  const machineAt = (port: number): Machine => {
    let shop: ShopProcess | undefined
    let before = ''
    cleanups.push(() => shop?.process.kill('SIGKILL') && shop.ended)
    const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
      shop?.process.kill(signal)
      const code = (await shop?.ended) ?? null
      before += shop?.output() ?? ''
      shop = undefined
      return code
    }
    return {
      stop: () => end('SIGTERM'),
      kill: async () => {
        await end('SIGKILL')
      },
      start: async (from = projectRoot) => {
        const dataDir = mkdtempSync(path.join(folder, 'machine-'))
        shop = await spawnShop(dataDir, { ...environment, PORT: String(port) }, { tree: from })
        await untilOpen(shop)
      },
      log: () => before + (shop?.output() ?? ''),
    }
  }
  const machines = [machineAt(shopPorts[0]), machineAt(shopPorts[1])] as const
  // One after the other: the first applies the migrations.
  for (const machine of machines) await machine.start(tree)
  const ca = readFileSync(certificate.cert)
  return { url, ca, machines, databases, pooler, stripe, webhookSecret, stop }
}

/** Starts the sandbox as a process that trusts the site's certificate. */
async function startStripe(cert: string) {
  const port = await freePort()
  const program = path.join(projectRoot, 'packages', 'stripe-sandbox', 'bin', 'stripe-sandbox.mjs')
  const folder = mkdtempSync(path.join(path.dirname(cert), 'stripe-'))
  const child: ChildProcess = spawn(process.execPath, [program, '--port', String(port), '--dir', folder], {
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: cert },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const host = `127.0.0.1:${port}`
  while (!(await fetch(`http://${host}/`).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`The sandbox ended:\n${words}`)
    await wait(50)
  }
  return {
    host,
    port,
    // Any test key has an account of its own.
    secretKey: 'sk_test_ofasitethatfailsover',
    stop: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
