// Wires the parts of one shop process (database, Stripe, app, background loops), starts and stops them.
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp } from './app.js'
import { isSharedCatalogPage } from './catalog/routes.js'
import { hasTrigrams, NO_TRIGRAMS } from './catalog/search-products.js'
import { startLoops } from './background/loops.js'
import { learnVoucher } from './checkout/learn-voucher.js'
import { projectRoot, type Config, type StripeAccess } from './config.js'
import { openDatabase } from './database/client.js'
import { checkReturnMoves } from './fulfilment/return-moves.js'
import { closeServer } from './http/close-server.js'
import type { Logger } from './http/logging.js'
import { createRegistry } from './http/metrics.js'
import { sharedPages } from './http/shared-pages.js'
import { timeRequests } from './http/time-requests.js'
import { traceRequests } from './http/trace-requests.js'
import { registerIncidentMetrics } from './incidents/metrics.js'
import { createMailSender } from './mail/mail-sender.js'
import { OrderWatch } from './orders/order-watch.js'
import { checkStatusTables } from './orders/order-status.js'
import type { Registry } from 'prom-client'
import { logStripeCalls } from './payments/log-stripe-calls.js'
import { createStripeContext } from './payments/stripe-client.js'
import { isSharedPolicyPage } from './policies/routes.js'
import { noteRestore } from './repair/repairs.js'
import { openSettings } from './settings/read-settings.js'
import { shopAppId } from './settings/shop-identity.js'
import type { Telemetry } from './telemetry/start.js'
import { catchUpSoon } from './webhooks/catch-up.js'
import { webhooksFirst } from './webhooks/endpoint.js'
import { backlogOf } from './webhooks/event-rows.js'
import { Inbox } from './webhooks/inbox.js'
import { createWebhookMetrics } from './webhooks/metrics.js'

export interface ShopOptions {
  config: Config
  databaseUrl: string
  stripe: StripeAccess
  /** Whether the sign-in page shows the demo account. */
  demo: boolean
  log: Logger
}

export interface Shop {
  server: Server
  /** The port it listens on; the one that the system chose if the configured port is 0. */
  port: number
  /** Finishes open requests and loops within STOP_SECONDS, then closes the database. */
  stop(): Promise<void>
}

/** When calls to Stripe are cut once the shop is stopping. Their requests are then answered: try again. */
const CUT_STRIPE_SECONDS = 8
/** How long the last traces and metrics may take to be sent. */
const TELEMETRY_SECONDS = 0.5
/** How long open requests and loops may take to finish once the shop is stopping. */
const STOP_SECONDS = 8.6

/**
 * Starts the shop on its port.
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { config, stripe: access, log } = options
  const registry = createRegistry()
  // First, so that every connection to the database is traced.
  const telemetry = await startTelemetryOf(config, registry)
  const database = openDatabase(options.databaseUrl)
  try {
    const lost = await database.checkSession()
    if (lost !== null) log.warn(lost)
    if (!(await hasTrigrams(database.direct))) log.warn(NO_TRIGRAMS)
    checkStatusTables()
    checkReturnMoves()
    const stripe = createStripeContext(access, await shopAppId(database.prisma), config, logStripeCalls(log))
    const settings = await openSettings(database.prisma)
    const { operatorEmail } = config
    const metrics = createWebhookMetrics(registry, async () => ({
      waiting: inbox.size,
      ...(await backlogOf(database)),
    }))
    registerIncidentMetrics(registry, database)
    const inbox = new Inbox({
      database,
      operatorEmail,
      log,
      appId: stripe.appId,
      livemode: stripe.livemode,
      onCommit: (size) => metrics.committed(size),
    })
    const repair = await noteRestore(database.prisma)
    if (repair)
      log.warn({ since: repair.since }, 'a backup was restored: what happened since is learned from Stripe')
    // One of the processes that start together is enough.
    if (!cluster.isWorker || cluster.worker?.id === 1) await catchUpSoon(database.prisma)
    const payments = { database, stripe, settings, operatorEmail, log }
    const sender = createMailSender(database, config, log, (orderId) => learnVoucher(payments, orderId))
    const loops = startLoops(payments, inbox, sender, log, config)
    const watch = new OrderWatch(database, log)
    let stopping = false
    const isStopping = () => stopping
    const wakeMail = () => loops.wakeMail()
    let developerPort: number | null = null
    const pages = sharedPages({
      baseUrl: config.baseUrl,
      isShared: (path, query) => isSharedCatalogPage(path, query) || isSharedPolicyPage(path, query),
      // A developer sees changed views and data at once.
      keep: config.production,
      log,
    })
    const app = createApp({
      config,
      database,
      stripe,
      settings,
      inbox,
      registry,
      watch,
      sender,
      log,
      demo: options.demo,
      wakeMail,
      isStopping,
      pages,
      developerPort: () => developerPort,
    })
    const endpoint = {
      inbox,
      secrets: stripe.webhookSecrets,
      stripeTime: () => stripe.clock.now(),
      metrics,
      log,
      afterEvent: wakeMail,
      isStopping,
    }
    const server = createServer(
      traceRequests(webhooksFirst(endpoint, timeRequests(registry, pages.first(app)))),
    )
    // A request that never completes must not hold its connection forever.
    server.requestTimeout = 30_000
    server.headersTimeout = 10_000
    // Any free port: the pages link to it.
    const developers = config.production ? null : createServer(app)
    await listen(server, config.port, config.host).catch(async (error: unknown) => {
      await within(1, loops.stop())
      throw error
    })
    if (developers) {
      await listen(developers, 0, '127.0.0.1')
      developerPort = portOf(developers)
    }
    return {
      server,
      port: portOf(server) ?? config.port,
      async stop() {
        if (stopping) return
        stopping = true
        const cut = setTimeout(() => stripe.stop(), CUT_STRIPE_SECONDS * 1000)
        // Event streams stay open until the watch stops, and the server waits for open responses.
        await Promise.all([
          within(STOP_SECONDS, watch.stop()),
          closeServer(server, STOP_SECONDS),
          developers && closeServer(developers, STOP_SECONDS),
          within(STOP_SECONDS, loops.stop()),
        ])
        clearTimeout(cut)
        await database.close()
        if (telemetry) await within(TELEMETRY_SECONDS, telemetry.stop())
      },
    }
  } catch (error) {
    await database.close()
    await telemetry?.stop()
    throw error
  }
}

/** Loads OpenTelemetry, if the environment names a collector. */
async function startTelemetryOf({ telemetry }: Config, registry: Registry): Promise<Telemetry | null> {
  if (telemetry === null) return null
  const { startTelemetry } = await import('./telemetry/start.js')
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  return startTelemetry(telemetry, version, registry)
}

function portOf(server: Server): number | null {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : null
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** A loop can wait for Stripe or the database. Abandoning it is safe: its rows record what is left to do. */
async function within(seconds: number, stopped: Promise<void>): Promise<void> {
  await Promise.race([stopped, wait(seconds * 1000, undefined, { ref: false })])
}
