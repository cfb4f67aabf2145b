// Starts Debian's PgBouncer in transaction mode in front of a database server.
import { spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.js'
import { makeServerFolder } from './postgres/server-folder.js'

export interface PgBouncer {
  port: number
  /** The same database, through PgBouncer. */
  through(databaseUrl: string): string
  /** Resolves when it has connected to its server, which may have been restarted. */
  untilConnected(databaseUrl: string): Promise<void>
  stop(): Promise<void>
}

/** PgBouncer's program, or undefined if it is not installed. */
function findPgBouncer(): string | undefined {
  return ['/usr/sbin', ...(process.env.PATH ?? '').split(path.delimiter)]
    .map((folder) => path.join(folder, 'pgbouncer'))
    .find(existsSync)
}

/**
 * Whether tests behind PgBouncer can run. If not, says so loudly; with CI=true that is an error.
 * @throws Error when PgBouncer is missing and CI=true
 */
export function hasPgBouncer(): boolean {
  if (findPgBouncer() !== undefined) return true
  const loss = 'PGBOUNCER TESTS DID NOT RUN: install the package pgbouncer.'
  if (process.env.CI === 'true') throw new Error(loss)
  console.error(`\n${'!'.repeat(loss.length)}\n${loss}\n${'!'.repeat(loss.length)}\n`)
  return false
}

/**
 * Starts PgBouncer in front of the server of this URL, with PgBouncer's own defaults.
 * @param settings lines of pgbouncer.ini to add, such as { default_pool_size: '2' }
 */
export async function startPgBouncer(
  serverUrl: string,
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const program = findPgBouncer()
  if (program === undefined) throw new Error('PgBouncer is not installed.')
  const server = new URL(serverUrl)
  const folder = makeServerFolder('pgbouncer')
  const run = path.join(folder, 'run')
  mkdirSync(run)
  const port = await freePort()
  const lines = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    pidfile: path.join(run, 'pgbouncer.pid'),
    auth_type: 'scram-sha-256',
    auth_file: path.join(run, 'users.txt'),
    pool_mode: 'transaction',
    ...settings,
  }
  const ini = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || 5432}`,
    '[pgbouncer]',
    ...Object.entries(lines).map(([name, value]) => `${name} = ${value}`),
  ]
  const file = path.join(run, 'pgbouncer.ini')
  writeFileSync(file, `${ini.join('\n')}\n`)
  writeFileSync(
    lines.auth_file,
    `"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"\n`,
  )
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (user.uid !== undefined) chownSync(run, user.uid, user.gid)
  const child = spawn(program, [file], { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], ...user })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const through = (databaseUrl: string) => {
    const address = new URL(databaseUrl)
    address.host = `127.0.0.1:${port}`
    return address.href
  }
  while (!(await answers(through(serverUrl)))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start:\n${words}`)
    await sleep(20)
  }
  return {
    port,
    through,
    untilConnected: async (databaseUrl) => {
      while (!(await answers(through(databaseUrl)))) await sleep(50)
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  return client
    .connect()
    .then(() => client.query('SELECT 1'))
    .then(
      () => client.end().then(() => true),
      () => false,
    )
}
