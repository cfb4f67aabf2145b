import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { stat } from 'node:fs/promises'
import type pg from 'pg'
import { findBinaries } from './binaries.js'
import { ignore } from './errno.js'
import { ensureCluster } from './cluster.js'
import { readCredentials, SHOP_ROLE } from './credentials.js'
import { findHome, removeHome } from './home.js'
import type { Settings } from './launch.js'
import { readPostmaster } from './postmaster.js'
import { obtain, stop, type Server } from './server.js'
import { trimLog } from './server-log.js'
import { isLast, leave } from './session.js'

export interface Embedded {
  url: string
  /** True when this call started the server, false when a running one was adopted. */
  started: boolean
  /** Stops the server unless someone else still uses it. Never throws. */
  close: () => Promise<void>
}

/**
 * The PostgreSQL that comes with the shop, with its data below `dataDir`: started, or adopted when it runs already
 * (for another process, or left by one that was killed). Deleting `dataDir` means an empty database next time.
 *
 * The server outlives this process when it is killed, and is started again when the server is.
 *
 * @throws Error with the server's own words, or naming DATABASE_URL where it cannot run at all
 */
export async function startEmbedded(
  dataDir: string,
  log: (message: string) => void = () => undefined,
  settings: Settings = {},
): Promise<Embedded> {
  const home = await findHome(dataDir)
  const programs = await findBinaries(home.user, home.programs)
  await ensureCluster(home, programs, settings.fsync !== 'off')
  const options = { settings, log }
  const first = await obtain(home, programs, { ...options, keepPort: false })
  const { password } = await readCredentials(home.cluster)

  let server: Server = first
  let closing: Promise<void> | undefined
  let reviving = Promise.resolve()
  const trim = setInterval(() => void trimLog(home.cluster).catch(() => undefined), 600_000).unref()

  function watch(): void {
    setHolding(server.client, false)
    server.client.once('end', () => {
      if (!closing) reviving = revive()
    })
  }

  /** The port stays: it is in the url that the caller has. */
  async function revive(): Promise<void> {
    log('The embedded PostgreSQL has ended; starting it again.')
    for (let pause = 100; !closing && (await exists(home.cluster)); pause = Math.min(pause * 2, 5000)) {
      try {
        server = await obtain(home, programs, { ...options, keepPort: true })
        if (server.port !== first.port)
          log(`The embedded PostgreSQL has moved to port ${server.port}: restart the shop.`)
        watch()
        return
      } catch (error) {
        log(String(error))
        await sleep(pause, undefined, { ref: false })
      }
    }
  }

  async function close(): Promise<void> {
    clearInterval(trim)
    await reviving
    setHolding(server.client, true)
    try {
      if (await isLast(server.client)) {
        const ended = await stop(home, programs, server.pid)
        if (!ended) log('The embedded PostgreSQL is still writing; it ends when it is done.')
      }
    } catch (error) {
      log(`The embedded PostgreSQL was not stopped: ${String(error)}`)
    }
    await leave(server.client)
  }

  watch()
  return {
    url: `postgresql://${SHOP_ROLE}:${password}@127.0.0.1:${first.port}/${SHOP_ROLE}`,
    started: first.started,
    close: () => (closing ??= close()),
  }
}

/** Deletes the database of `dataDir` for good, and stops its server whoever uses it. */
export async function removeEmbedded(dataDir: string): Promise<void> {
  const home = await findHome(dataDir)
  const postmaster = await readPostmaster(home.cluster)
  if (postmaster?.running === true) {
    await stop(home, await findBinaries(home.user, home.programs), postmaster.pid)
  }
  await removeHome(dataDir)
}

const exists = async (folder: string) => (await stat(folder).catch(ignore('ENOENT'))) !== undefined

/** Whether our connection keeps this process alive. Not by itself: a forgotten close must not hang a command. */
function setHolding(client: pg.Client, holding: boolean): void {
  const { stream } = client.connection as unknown as { stream: Socket }
  if (holding) stream.ref()
  else stream.unref()
}
