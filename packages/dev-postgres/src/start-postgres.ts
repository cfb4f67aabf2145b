// Starts the server of a folder or joins the one that runs, and keeps it running until this process is done with it.
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { findBinaries } from './binaries.js'
import { CannotRunError } from './cannot-run-error.js'
import { ensureCluster } from './cluster.js'
import { readCredentials } from './credentials.js'
import { exists } from './exists.js'
import { findHome } from './home.js'
import type { LaunchOptions } from './launch.js'
import { obtain, stopServer, type Server } from './server.js'
import { trimLog } from './server-log.js'
import { isLast, leave } from './session.js'
import type { Settings } from './settings.js'
import { wasStopped } from './stop-mark.js'
import { urlOf } from './url.js'

export interface StartOptions {
  /** Folder for the data. Created if it does not exist. */
  dir: string
  /**
   * For new data: the name of the role and of the database it owns, in lower-case letters, digits and underscores.
   * Default: "dev". Existing data keeps its name.
   */
  name?: string | undefined
  /** Port to listen on. Default: the port of last time, or a free one. */
  port?: number | undefined
  /** PostgreSQL settings that differ from this package's defaults, such as `{ fsync: 'off' }`. */
  settings?: Settings | undefined
  /** Receives a message when something happens that a person may want to know. Default: messages are dropped. */
  log?: ((message: string) => void) | undefined
  /** Advice added to an error that means PostgreSQL can't run on this machine or as this user. */
  hint?: string | undefined
}

export interface Postgres {
  /** Connection URL, with the password. The role owns the database, may create others, and is no superuser. */
  url: string
  /** True when this call started the server, false when it joined a running one. */
  started: boolean
  /** Stops the server unless someone else still uses it. Never rejects. */
  stop: () => Promise<void>
  /** Resolves when this process is done with the server: after `stop()`, or when another process stopped it for good. */
  stopped: Promise<void>
}

/**
 * Starts the PostgreSQL server of `dir`, or joins it when it runs already, started by another process or left by a
 * killed one. If the server dies it is started again. If this process is killed the server goes on, and the next
 * process joins it.
 *
 * @throws Error that says why PostgreSQL can't start, with its own log where that tells
 */
export async function startPostgres({ hint, ...options }: StartOptions): Promise<Postgres> {
  try {
    return await start(options)
  } catch (error) {
    if (hint === undefined || !(error instanceof CannotRunError)) throw error
    throw new CannotRunError(`${error.message} ${hint}`, { cause: error.cause })
  }
}

async function start(options: Omit<StartOptions, 'hint'>): Promise<Postgres> {
  const { dir, name = 'dev', port, settings = {}, log = () => undefined } = options
  const home = await findHome(dir)
  const programs = await findBinaries(home.user, home.programs)
  await ensureCluster(home, programs, { name, port, durable: settings['fsync'] !== 'off' })
  const credentials = await readCredentials(home.cluster)

  const obtainServer = (whenPortRefused: LaunchOptions['whenPortRefused']) =>
    obtain(home, programs, { settings, port, whenPortRefused }, log)
  let server: Server = await obtainServer(port === undefined ? 'change' : 'fail')
  if (port !== undefined && port !== server.port) {
    await leave(server.client)
    throw new Error(`PostgreSQL already runs on port ${server.port}: stop it before you use port ${port}.`)
  }

  const first = server
  let stopping: Promise<void> | undefined
  let stoppedByOther = false
  let reviving = Promise.resolve()
  let resolveStopped: () => void
  const stopped = new Promise<void>((resolve) => (resolveStopped = resolve))
  const trim = setInterval(() => void trimLog(home.cluster).catch(() => undefined), 600_000).unref()

  function watch(): void {
    setHolding(server.client, false)
    server.client.once('end', () => {
      if (!stopping) reviving = revive()
    })
  }

  /** Keeps the port: it is in the URL that the caller has. */
  async function revive(): Promise<void> {
    if (await wasStopped(home.cluster, server)) {
      log('PostgreSQL was stopped.')
      end()
      return
    }
    log('PostgreSQL ended unexpectedly; starting it again.')
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5000)) {
      if (!(await exists(home.cluster))) {
        end()
        return
      }
      try {
        server = await obtainServer('retry')
        if (server.port !== first.port)
          log(`PostgreSQL now listens on port ${server.port}: connections to port ${first.port} fail.`)
        watch()
        return
      } catch (error) {
        log(String(error))
        await sleep(pause, undefined, { ref: false })
      }
    }
  }

  function end(): void {
    stoppedByOther = true
    clearInterval(trim)
    resolveStopped()
  }

  async function stop(): Promise<void> {
    clearInterval(trim)
    await reviving
    if (stoppedByOther) return
    setHolding(server.client, true)
    try {
      if (await isLast(server.client)) {
        const ended = await stopServer(home, server.pid)
        if (!ended) log('PostgreSQL is still writing to disk. It ends when that is done.')
      }
    } catch (error) {
      log(`PostgreSQL was not stopped: ${String(error)}`)
    }
    await leave(server.client)
    resolveStopped()
  }

  watch()
  return {
    url: urlOf(credentials, first.port),
    started: first.started,
    stop: () => (stopping ??= stop()),
    stopped,
  }
}

/** Whether our connection keeps this process alive. By default not: a forgotten `stop()` must not hang a program. */
function setHolding(client: pg.Client, holding: boolean): void {
  const { stream } = client.connection as unknown as { stream: Socket }
  if (holding) stream.ref()
  else stream.unref()
}
