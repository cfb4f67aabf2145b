// Puts one shop process together: the database, the payment terminal, the app, the loops; and takes it apart again.
import { createServer, type Server } from 'node:http'
import { createApp } from './app.js'
import { startLoops } from './background/loops.js'
import type { Config, StripeAccess } from './config.js'
import { openDatabase } from './database/client.js'
import type { Logger } from './http/logging.js'
import { createMailSender } from './mail/mail-sender.js'
import { checkStatusTables } from './orders/order-status.js'
import { createTerminal } from './payments/stripe-client.js'
import { shopAppId } from './shop-identity.js'
import { Inbox } from './webhooks/inbox.js'

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
  /** Where it listens: with port 0, the one that was free. */
  port: number
  /** Answers what is under way, finishes the loops, closes the database. */
  stop(): Promise<void>
}

/** How long requests under way may take after the shop was told to stop. */
const STOP_SECONDS = 8

/** @throws Error with code EADDRINUSE when the port is taken */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const { config, stripe, log } = options
  const database = openDatabase(options.databaseUrl)
  try {
    checkStatusTables()
    const terminal = createTerminal(stripe, await shopAppId(database.prisma), config)
    const { operatorEmail } = config
    const inbox = new Inbox({
      database,
      operatorEmail,
      log,
      appId: terminal.appId,
      livemode: terminal.livemode,
    })
    const sender = createMailSender(database, config, log)
    const loops = startLoops({ database, terminal, operatorEmail, log }, inbox, sender, log)
    let stopping = false
    const app = createApp({
      config,
      database,
      terminal,
      stripeApiBase: stripe.apiBase,
      inbox,
      sender,
      log,
      demo: options.demo,
      wakeMail: () => loops.wakeMail(),
      isStopping: () => stopping,
    })
    const server = createServer(app)
    // A body that never ends must not hold a connection for ever.
    server.requestTimeout = 30_000
    server.headersTimeout = 10_000
    await listen(server, config.port, config.host).catch(async (error: unknown) => {
      await loops.stop()
      throw error
    })
    const address = server.address()
    return {
      server,
      port: typeof address === 'object' && address ? address.port : config.port,
      async stop() {
        if (stopping) return
        stopping = true
        await closeServer(server)
        await loops.stop()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
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

/** No new connections; what is under way is answered, within the time there is. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), STOP_SECONDS * 1000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
