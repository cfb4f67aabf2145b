import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startEngine } from './engine.js'
import type { Log } from './log.js'

export interface SandboxOptions {
  /** Only a loopback address: the sandbox is for this machine. */
  host?: string
  /** 0, the default, takes any free port. */
  port?: number
  /** Where the state is kept. Without it, it is in memory only. */
  dir?: string
  log?: Log
  /** When a webhook that was not accepted is sent again, in seconds after the attempt before. */
  retryDelays?: number[]
  /** How long a bank debit is on its way. */
  delayedMethodSeconds?: number
}

export interface Sandbox {
  url: string
  port: number
  secretKey: string
  publishableKey: string
  /** Signs what is delivered to the endpoints of `addWebhookEndpoint`. */
  webhookSecret: string
  /** Adds an endpoint for the account of `secretKey`. The same URL again is the same endpoint. */
  addWebhookEndpoint(endpoint: {
    url: string
    enabledEvents?: string[]
    secret?: string
  }): Promise<{ id: string; secret: string }>
  /** Moves the sandbox's clock forward: sessions expire, debits arrive, deliveries are tried again. */
  advanceClock(seconds: number): void
  /** Resolves when no delivery is on its way or due. */
  idle(): Promise<void>
  close(): Promise<void>
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** Starts a local Stripe. Rejects with `EADDRINUSE` when the port is taken, and when another sandbox uses `dir`. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0 } = options
  if (!loopback.has(host))
    throw new Error(`The sandbox listens on this machine only; ${host} is not a loopback address.`)

  const server = createServer()
  // Longer than clients keep an idle connection, so that none sends into one that is being closed.
  server.keepAliveTimeout = 65_000
  const taken = await listen(server, host, port)
  const baseUrl = `http://${host === '::1' ? '[::1]' : host}:${taken}`
  try {
    const engine = startEngine(options, baseUrl, taken)
    // A request may come before the state is read: it waits.
    server.on(
      'request',
      (request, response) =>
        void engine.then(
          ({ answer }) => answer(request, response),
          () => response.destroy(),
        ),
    )
    const {
      secretKey,
      publishableKey,
      webhookSecret,
      addWebhookEndpoint,
      advanceClock,
      idle,
      stop,
      release,
    } = await engine
    return {
      url: baseUrl,
      port: taken,
      secretKey,
      publishableKey,
      webhookSecret,
      addWebhookEndpoint,
      advanceClock,
      idle,
      async close() {
        stop()
        await closeServer(server)
        release()
      },
    }
  } catch (error) {
    await closeServer(server)
    throw error
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        error.message = `The sandbox cannot listen on port ${port}: another program uses it. Stop that program or choose another port.`
      }
      reject(error)
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
