// Starts the server process and waits until it accepts connections.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.js'
import { changePort, readCredentials } from './credentials.js'
import type { Home } from './home.js'
import { readPostmaster } from './postmaster.js'
import { cannotRun, programOptions } from './program.js'
import { openLog, readLog } from './server-log.js'
import { DEFAULT_SETTINGS, type Settings } from './settings.js'

export interface LaunchOptions {
  settings: Settings
  /** Port to listen on. Undefined: the port of last time. */
  port?: number | undefined
  /** What to do when the server can't listen on the port, usually because another program does. */
  whenPortRefused: 'change' | 'fail' | 'retry'
}

/** Reasons for a new server to end that are over soon: look again. */
const TRANSIENT = [
  // Another process was faster: its server is the one to use.
  /lock file "postmaster.pid" (already exists|is empty)/,
  // Processes of a killed server are still ending.
  /pre-existing shared memory block/,
]

/** Captures the system's reason, such as "Address already in use". */
const PORT_REFUSED = /could not bind IPv4 address "[^"]*": (.+)/

/**
 * Starts a server and returns its process id once it accepts connections, or undefined when it ended for a reason
 * that is over soon. Several processes may do this at once: PostgreSQL's own lock lets one server live.
 *
 * @param stale the process id in a leftover `postmaster.pid`, known to be no server of this folder
 * @throws Error with the server's log
 */
export async function launch(
  home: Home,
  programs: Binaries,
  { settings, port: wanted, whenPortRefused }: LaunchOptions,
  stale: number | undefined,
): Promise<number | undefined> {
  const saved = await readCredentials(home.cluster)
  const port = wanted ?? saved.port
  if (port !== saved.port) await changePort(home.cluster, port)
  const log = await openLog(home.cluster)
  const flags = Object.entries({ ...DEFAULT_SETTINGS, ...settings, port: String(port) })
  const options = programOptions(home, programs)
  const child = spawn(
    programs.postgres,
    ['-D', home.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...options,
      // As pg_ctl does: the server then knows that the process named in postmaster.pid is no server, and replaces the
      // file under its own lock. If we deleted the file, it could be the one of a server just started.
      env: { ...options.env, ...(stale === undefined ? {} : { PG_GRANDPARENT_PID: String(stale) }) },
      // In its own session: Ctrl-C must not stop the server while its users still need it.
      detached: true,
      stdio: ['ignore', log.file.fd, log.file.fd],
    },
  )
  const ended = new Promise<number | null | Error>((resolve) =>
    child.once('exit', resolve).once('error', resolve),
  )
  await log.file.close()

  for (;;) {
    const state = await Promise.race([ended, sleep(10)])
    if (state instanceof Error) throw cannotRun(programs.postgres, state)
    // It ran, and another process has stopped it already.
    if (state === 0) return undefined
    if (state !== undefined) break
    const postmaster = await readPostmaster(home.cluster)
    if (postmaster?.ready !== true || !postmaster.running) continue
    if (postmaster.pid === child.pid) {
      child.unref()
      return child.pid
    }
    // Two servers replaced a stale postmaster.pid at the same moment, and the file names the other one.
    child.kill('SIGQUIT')
    await ended
    return undefined
  }

  const output = await readLog(home.cluster, log.size)
  if (TRANSIENT.some((reason) => reason.test(output))) return undefined
  const refused = PORT_REFUSED.exec(output)
  if (!refused) throw new Error(`PostgreSQL did not start:\n${output || 'Its log is empty.'}`)
  if (whenPortRefused === 'fail') throw new Error(`PostgreSQL can't listen on port ${port}: ${refused[1]}.`)
  if (whenPortRefused === 'change') await changePort(home.cluster)
  return undefined
}
