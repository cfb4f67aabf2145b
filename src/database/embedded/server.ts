import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type pg from 'pg'
import type { Binaries } from './binaries.js'
import { programEnv } from './cluster.js'
import type { Home } from './home.js'
import { launch, type Settings } from './launch.js'
import { readPostmaster, waitForExit } from './postmaster.js'
import { readLog } from './server-log.js'
import { join } from './session.js'

/** The running server, and our connection that marks us as a user of it. */
export interface Server {
  client: pg.Client
  pid: number
  port: number
  started: boolean
}

/** Servers stop and orphans end within seconds; what takes longer does not end by itself. */
const PATIENCE = 15_000

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
  options: { keepPort: boolean; settings: Settings; log: (message: string) => void },
): Promise<Server> {
  let launched: number | undefined
  let deadline = Date.now() + PATIENCE
  for (;;) {
    const found = await readPostmaster(home.cluster)
    if (found?.running === true) {
      const client = found.ready ? await join(home.cluster, found.port) : undefined
      if (client) return { client, pid: found.pid, port: found.port, started: found.pid === launched }
    } else {
      const slow = setTimeout(() => options.log('The embedded PostgreSQL is still starting.'), 3000)
      launched = await launch(home, programs, { ...options, stale: found?.pid }).finally(() =>
        clearTimeout(slow),
      )
      if (launched !== undefined) deadline = Date.now() + PATIENCE
    }
    if (Date.now() > deadline) {
      const words = await readLog(home.cluster)
      throw new Error(
        `The embedded PostgreSQL in ${home.cluster} neither serves nor ends. Its log:\n${words}`,
      )
    }
    await sleep(20)
  }
}

/** Stops the server: open transactions are rolled back, what was committed is written. True when it has ended. */
export async function stop(home: Home, programs: Binaries, pid: number): Promise<boolean> {
  if (process.platform === 'win32') {
    await promisify(execFile)(programs.pgCtl, ['stop', '-D', home.cluster, '-m', 'fast'], {
      env: programEnv(programs),
    })
  } else {
    process.kill(pid, 'SIGINT')
  }
  return waitForExit(home.cluster, pid, 30_000)
}
