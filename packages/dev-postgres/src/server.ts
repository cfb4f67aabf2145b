// Joins the server of a data directory, starting it if needed; stops it.
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type pg from 'pg'
import { findBinaries, type Binaries } from './binaries.js'
import type { Home } from './home.js'
import { launch, type LaunchOptions } from './launch.js'
import { readPostmaster, waitForExit } from './postmaster.js'
import { programOptions } from './program.js'
import { readLog } from './server-log.js'
import { join } from './session.js'

/** A running server, and the connection that registers this process as one of its users. */
export interface Server {
  client: pg.Client
  pid: number
  startedAt: number
  port: number
  /** True when this process started it. */
  started: boolean
}

/** Servers stop, and the processes of a killed one end, within seconds. After this time something is wrong. */
const LIMIT_MS = 30_000

/**
 * Joins the server that runs on the folder, or starts one.
 *
 * There is no lock here: several processes may do this at once, on a server that starts, stops or was killed. Each
 * looks at the state, takes one step, and looks again; PostgreSQL's own lock decides whose server lives.
 *
 * @throws Error with the end of the server's log
 */
export async function obtain(
  home: Home,
  programs: Binaries,
  options: LaunchOptions,
  log: (message: string) => void,
): Promise<Server> {
  const slow = setTimeout(() => log('Waiting for PostgreSQL …'), 3000)
  try {
    let launched: number | undefined
    for (let deadline = Date.now() + LIMIT_MS; Date.now() < deadline;) {
      const found = await readPostmaster(home.cluster)
      if (found?.running === true) {
        const client = found.ready ? await join(home.cluster, found.port) : undefined
        if (client) return { ...found, client, started: found.pid === launched }
      } else {
        // Takes as long as the server needs to recover.
        launched = await launch(home, programs, options, found?.pid)
        if (launched !== undefined) deadline = Date.now() + LIMIT_MS
      }
      await sleep(20)
    }
  } finally {
    clearTimeout(slow)
  }
  throw new Error(
    `PostgreSQL in ${home.cluster} neither accepts connections nor ends. Its log:\n${await readLog(home.cluster)}`,
  )
}

/**
 * Stops the server: open transactions are rolled back, committed ones are on disk. False when it is still stopping
 * after 30 seconds.
 */
export async function stopServer(home: Home, pid: number): Promise<boolean> {
  if (process.platform === 'win32') {
    const programs = await findBinaries(home.user, home.programs)
    const flags = ['stop', '-D', home.cluster, '-m', 'fast']
    await promisify(execFile)(programs.pgCtl, flags, programOptions(home, programs))
  } else {
    process.kill(pid, 'SIGINT')
  }
  return waitForExit(home.cluster, pid, LIMIT_MS)
}
