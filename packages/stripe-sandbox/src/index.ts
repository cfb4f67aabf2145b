import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startEngine, type Engine } from './engine.js'
import type { FaultName, FaultSettings } from './faults/settings.js'
import { silentLog, type Log } from './log.js'
import { writeConnection } from './state/connection-file.js'
import { clearSocket, HAS_UNIX_SOCKETS, isTooLong, keepPrivate } from './unix-socket.js'

export interface SandboxOptions {
  /** Only a loopback address: the sandbox is for this machine. */
  host?: string
  /** 0, the default, takes any free port. */
  port?: number
  /** Where the state is kept. Without it, it is in memory only. */
  dir?: string
  /** The journal in `dir` is rewritten when it is larger than this, in bytes, and than four times what is alive. */
  compactAbove?: number
  /** The path of a Unix socket to listen on too; by default `stripe.sock` in `dir`, if there is one. */
  socket?: string
  log?: Log
  /** When a webhook that was not accepted is sent again, in seconds after the attempt before. */
  retryDelays?: number[]
  /** How long a bank debit is on its way. */
  delayedMethodSeconds?: number
  /** What goes wrong from the start; `faults.set` changes it. */
  faults?: FaultSettings
  /** How often `stripe listen` renews its connection, in seconds. */
  cliReconnectSeconds?: number
}

export interface Sandbox {
  url: string
  port: number
  /** The Unix socket, for `STRIPE_CLI_UNIX_SOCKET`; null where there is none. */
  socket: string | null
  secretKey: string
  publishableKey: string
  /** Signs what is delivered to the endpoints of `addWebhookEndpoint`, and what `stripe listen` forwards. */
  webhookSecret: string
  /** Adds an endpoint for the account of `secretKey`. The same URL again is the same endpoint. */
  addWebhookEndpoint(endpoint: {
    url: string
    enabledEvents?: string[]
    secret?: string
  }): Promise<{ id: string; secret: string }>
  /** Moves the sandbox's clock forward: sessions expire, debits arrive, deliveries are tried again. */
  advanceClock(seconds: number): void
  /** What goes wrong on demand. A restart forgets it. */
  faults: FaultControl
  /** Resolves when no delivery is on its way or due. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Faults on demand, for tests of how a shop bears them. */
export interface FaultControl {
  /** Replaces what was set before; what is not named is off, and the counts begin at nothing. */
  set(settings: FaultSettings): void
  clear(): void
  readonly settings: FaultSettings
  /** How often each has struck. */
  readonly counts: Partial<Record<FaultName, number>>
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/**
 * Starts a local Stripe. Rejects with `EADDRINUSE` when the port is taken, and when another sandbox uses `dir` or
 * another program `socket`.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, dir } = options
  if (!LOOPBACK.has(host))
    throw new Error(`The sandbox listens on this machine only; ${host} is not a loopback address.`)

  const server = newServer()
  const socketServer = newServer()
  const taken = await listen(server, host, port)
  const baseUrl = `http://${host === '::1' ? '[::1]' : host}:${taken}`
  const starting = startEngine(options, baseUrl, taken)
  serve(server, starting)
  serve(socketServer, starting)

  let engine: Engine | undefined
  let forget: () => void = () => undefined
  const close = async (): Promise<void> => {
    forget()
    engine?.stop()
    await Promise.all([closeServer(server), closeServer(socketServer)])
    engine?.release()
  }
  try {
    engine = await starting
    const { secretKey, publishableKey, webhookSecret, addWebhookEndpoint, advanceClock, faults, idle } =
      engine
    const socket = await listenOnSocket(socketServer, options)
    if (dir !== undefined) forget = writeConnection(dir, { url: baseUrl, socket, secretKey })
    return {
      url: baseUrl,
      port: taken,
      socket,
      secretKey,
      publishableKey,
      webhookSecret,
      addWebhookEndpoint,
      advanceClock,
      faults,
      idle,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function newServer(): Server {
  const server = createServer()
  // Longer than clients keep an idle connection, so that none sends into one that is being closed.
  server.keepAliveTimeout = 65_000
  return server
}

/** A request may come before the state is read: it waits. */
function serve(server: Server, starting: Promise<Engine>): void {
  server.on(
    'request',
    (request, response) =>
      void starting.then(
        (engine) => engine.answer(request, response),
        () => response.destroy(),
      ),
  )
  server.on(
    'upgrade',
    (request, socket, head) =>
      void starting.then(
        (engine) => engine.upgrade(request, socket, head),
        () => socket.destroy(),
      ),
  )
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

/** Only when the state is ours: then a socket that lies there is what a killed sandbox left. */
async function listenOnSocket(server: Server, options: SandboxOptions): Promise<string | null> {
  const { dir, log = silentLog } = options
  const path =
    options.socket ?? (dir === undefined || !HAS_UNIX_SOCKETS ? undefined : join(dir, 'stripe.sock'))
  if (path === undefined) return null
  if (options.socket === undefined && isTooLong(path)) {
    log.info({ path }, 'no Unix socket: its path would be too long')
    return null
  }
  await clearSocket(path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  keepPrivate(path)
  return path
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
