import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type pg from 'pg'
import type { Binaries } from './binaries.js'
import type { Home } from './home.js'
import { launch, type Settings } from './launch.js'
import { readPostmaster, waitForExit } from './postmaster.js'
import { programOptions } from './program.js'
import { readLog } from './server-log.js'
import { join } from './session.js'

/** The running server, and our connection that marks us as a user of it. */
export interface Server {
  client: pg.Client
  pid: number
  port: number
  started: boolean
}

/** Servers stop, and the processes of a killed one end, within seconds; what takes longer does not end by itself. */
const PATIENCE = 30_000

/**
 * Joins the server that runs on the folder, or starts one.
 *
 * Nothing here locks anything: several processes may do this at once, on a server that starts, stops or was killed.
 * Each looks at what is, does one step, and looks again; PostgreSQL's own lock decides whose server lives.
 *
 * @throws Error with the end of the server's log
 */
export async function obtain(
  home: Home,
  programs: Binaries,
  { log, ...options }: { keepPort: boolean; settings: Settings; log: (message: string) => void },
): Promise<Server> {
  const slow = setTimeout(() => log('Waiting for the embedded PostgreSQL …'), 3000)
  try {
    let launched: number | undefined
    for (let deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
      const found = await readPostmaster(home.cluster)
      if (found?.running === true) {
        const client = found.ready ? await join(home.cluster, found.port) : undefined
        if (client) return { client, pid: found.pid, port: found.port, started: found.pid === launched }
      } else {
        // This takes as long as the server needs to recover.
        launched = await launch(home, programs, { ...options, stale: found?.pid })
        if (launched !== undefined) deadline = Date.now() + PATIENCE
      }
      await sleep(20)
    }
  } finally {
    clearTimeout(slow)
  }
  const words = await readLog(home.cluster)
  throw new Error(`The embedded PostgreSQL in ${home.cluster} neither serves nor ends. Its log:\n${words}`)
}

/** Stops the server: open transactions are rolled back, what was committed is written. True when it has ended. */
export async function stop(home: Home, programs: Binaries, pid: number): Promise<boolean> {
  if (process.platform === 'win32') {
    await promisify(execFile)(
      programs.pgCtl,
      ['stop', '-D', home.cluster, '-m', 'fast'],
      programOptions(home, programs),
    )
  } else {
    process.kill(pid, 'SIGINT')
  }
  return waitForExit(home.cluster, pid, 30_000)
}
