import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries } from './binaries.js'
import { changePort, readCredentials } from './credentials.js'
import type { Home } from './home.js'
import { readPostmaster } from './postmaster.js'
import { cannotRun, programOptions } from './program.js'
import { openLog, readLog } from './server-log.js'

/** Settings of the server, by PostgreSQL's names. */
export type Settings = Readonly<Record<string, string>>

const DEFAULTS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '60',
  shared_buffers: '256MB',
  max_wal_size: '1GB',
  huge_pages: 'off',
  // Workers that read ahead are processes that a small database on a developer's machine has no use for.
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The shop is told of its own failed statements; the log is for the server's life.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

/** Why a server that was just started ended again, where it means no more than: look again. */
const TRANSIENT = [
  // Another process was faster: its server is the one to use.
  /lock file "postmaster.pid" (already exists|is empty)/,
  // Processes of a killed server are still ending.
  /pre-existing shared memory block/,
]

const PORT_TAKEN = /could not bind IPv4 address|could not create any TCP\/IP sockets/

/**
 * Starts a server and returns its process id once it accepts connections, or undefined when it ended for a reason
 * that is over soon. Several processes may do so at once: PostgreSQL's own lock on the folder lets one server live.
 *
 * @param stale the process that a left `postmaster.pid` names, known to be no server of this folder
 * @throws Error with the server's own words
 */
export async function launch(
  home: Home,
  programs: Binaries,
  { stale, keepPort, settings }: { stale?: number | undefined; keepPort: boolean; settings: Settings },
): Promise<number | undefined> {
  const { port } = await readCredentials(home.cluster)
  const log = await openLog(home.cluster)
  const flags = Object.entries({ ...DEFAULTS, ...settings, port: String(port) })
  const options = programOptions(home, programs)
  const child = spawn(
    programs.postgres,
    ['-D', home.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      ...options,
      // As pg_ctl does it: the server then knows that this number in postmaster.pid is not a server's, and replaces
      // the file under its own lock, where our deleting it could hit the file of a server just started.
      env: { ...options.env, ...(stale === undefined ? {} : { PG_GRANDPARENT_PID: String(stale) }) },
      // In its own session: Ctrl-C in the terminal is for the shop, which must still save what it is doing.
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
    // Served, and was stopped by someone who used it in the meantime.
    if (state === 0) return undefined
    if (state !== undefined) break
    const postmaster = await readPostmaster(home.cluster)
    if (postmaster?.ready !== true || !postmaster.running) continue
    if (postmaster.pid === child.pid) {
      child.unref()
      return child.pid
    }
    // Two servers replaced a stale postmaster.pid in the same instant, and the file names the other one.
    child.kill('SIGQUIT')
    await ended
    return undefined
  }

  const words = await readLog(home.cluster, log.size)
  if (TRANSIENT.some((reason) => reason.test(words))) return undefined
  if (!PORT_TAKEN.test(words))
    throw new Error(`The embedded PostgreSQL did not start:\n${words || 'It said nothing.'}`)
  if (!keepPort) await changePort(home.cluster)
  return undefined
}
