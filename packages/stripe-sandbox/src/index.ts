// The entry of the package: createSandbox, and the types that go with it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startEngine, type Engine } from './engine.js'
import { silentLog } from './log.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'
import { writeConnection } from './state/connection-file.js'
import { clearSocket, HAS_UNIX_SOCKETS, isTooLong, keepPrivate } from './unix-socket.js'

export type { FaultName, FaultSettings } from './faults/settings.js'
export type { Log } from './log.js'
export type { FaultControl, Sandbox, SandboxOptions } from './sandbox.js'

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/**
 * Starts a local Stripe.
 * @throws when the port is taken (`code` is `EADDRINUSE`), or `dir` or `socket` is in use by another process
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, dir, log = silentLog } = options
  if (!LOOPBACK.has(host))
    throw new Error(`The sandbox listens only on this machine; ${host} is not a loopback address.`)

  const server = newServer()
  const socketServer = newServer()
  const taken = await listen(server, host, port)
  const baseUrl = `http://${host === '::1' ? '[::1]' : host}:${taken}`
  const starting = startEngine(options, baseUrl, taken)
  serve(server, starting, false)
  serve(socketServer, starting, true)

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
    if (dir !== undefined) forget = writeConnection(dir, { url: baseUrl, socket, secretKey }, log)
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
  // Longer than clients keep idle connections, so that none sends a request on a connection that is being closed.
  server.keepAliveTimeout = 65_000
  return server
}

/** A request that arrives before the state is loaded waits. */
function serve(server: Server, starting: Promise<Engine>, local: boolean): void {
  server.on(
    'request',
    (request, response) =>
      void starting.then(
        (engine) => engine.answer(request, response, local),
        () => response.destroy(),
      ),
  )
  server.on(
    'upgrade',
    (request, socket, head) =>
      void starting.then(
        (engine) => engine.upgrade(request, socket, head, local),
        () => socket.destroy(),
      ),
  )
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        error.message = `The sandbox cannot listen on port ${port}: another program uses it. Stop that program, or choose another port: \`port\` in a program, --port or STRIPE_SANDBOX_PORT on the command line.`
      }
      reject(error)
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/** Called after the state directory is locked: a socket found in it was left by a killed sandbox. */
async function listenOnSocket(server: Server, options: SandboxOptions): Promise<string | null> {
  const { dir, log = silentLog } = options
  const path =
    options.socket ?? (dir === undefined || !HAS_UNIX_SOCKETS ? undefined : join(dir, 'stripe.sock'))
  if (path === undefined) return null
  if (options.socket === undefined && isTooLong(path)) {
    log.info({ path }, 'no Unix socket: the path is too long')
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
