// A primary and its standby on installed PostgreSQL servers, which can be killed, silenced, parted and promoted.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { administer } from '../support/postgres/databases.js'
import { findPostgres } from '../support/postgres/engines.js'
import { makeServerFolder } from '../support/postgres/server-folder.js'
import { freePort } from '../support/free-port.js'

/** PostgreSQL refuses to run as root. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** As in production, except that nothing is flushed to disk: processes that are killed lose nothing by that. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'on',
  max_connections: '100',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
  // Finds out that the other side is gone.
  wal_sender_timeout: '10s',
  wal_receiver_timeout: '10s',
  wal_receiver_status_interval: '1s',
  hot_standby: 'on',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
}

export interface DatabaseServer {
  port: number
  /** URL of this database on the server. */
  url(database: string): string
  start(): Promise<void>
  /** Kills every process of the server at once, as a power failure does. */
  kill(): Promise<void>
  /** Stops every process of the server without ending it: connections stay open, and nothing answers. */
  silence(): void
  isRunning(): boolean
  log(): string
}

export interface DatabasePair {
  primary: DatabaseServer
  standby: DatabaseServer
  /** Ends the stream from the primary to the standby. */
  part(): void
  /** Makes the standby the primary. There is no standby afterwards. */
  promote(): Promise<void>
  /** Makes a new standby of the primary, and waits until it has everything. */
  addStandby(): Promise<void>
  stop(): Promise<void>
}

/**
 * @param options.synchronous whether a commit waits for the standby
 * @param options.folderOfPrimary an empty folder for the first primary's data, such as one with little space
 */
export async function startPair(options: {
  synchronous: boolean
  folderOfPrimary?: string
}): Promise<DatabasePair> {
  const bin = findPostgres()
  if (bin === undefined) throw new Error('Install postgresql: this needs two servers.')
  const folder = makeServerFolder('pair')
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  let count = 0
  const servers: DatabaseServer[] = []

  const first = path.join(options.folderOfPrimary ?? folder, 'data0')
  const password = path.join(folder, 'password')
  writeFileSync(password, 'till')
  run(bin, 'initdb', [
    ...['-D', first, '-U', 'till', '--auth=scram-sha-256', `--pwfile=${password}`],
    ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
  ])
  let primary = await serverIn(bin, first)
  servers.push(primary)
  await primary.start()
  await administer(primary.url('postgres'), (client) => client.query('CREATE DATABASE till'))
  let standby: DatabaseServer | undefined
  let standbyData = ''

  const pair: DatabasePair = {
    get primary() {
      return primary
    },
    get standby() {
      if (standby === undefined) throw new Error('There is no standby.')
      return standby
    },
    part() {
      // The last line counts. A receiver without an address ends.
      appendFileSync(path.join(standbyData, 'postgresql.auto.conf'), "primary_conninfo = ''\n")
      process.kill(pidIn(standbyData), 'SIGHUP')
    },
    async promote() {
      await administer(pair.standby.url('postgres'), (client) => client.query('SELECT pg_promote(true, 30)'))
      primary = pair.standby
      standby = undefined
    },
    async addStandby() {
      standbyData = path.join(folder, `data${++count}`)
      const source = primary.url('postgres')
      run(bin, 'pg_basebackup', [
        ...['-d', `${source}?application_name=standby`, '-D', standbyData],
        ...['-R', '-X', 'stream', '-c', 'fast', '--no-sync'],
      ])
      // The copy has the primary's settings, and a standby that waited for one of its own would never commit once promoted.
      appendFileSync(path.join(standbyData, 'postgresql.auto.conf'), "synchronous_standby_names = ''\n")
      standby = await serverIn(bin, standbyData)
      servers.push(standby)
      await standby.start()
      await administer(source, async (client) => {
        const streams = () =>
          client.query(
            `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn >= pg_current_wal_lsn()`,
          )
        while ((await streams()).rowCount === 0) await wait(50)
        if (!options.synchronous) return
        await client.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
        await client.query('SELECT pg_reload_conf()')
        const isSynchronous = () => client.query(`SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`)
        while ((await isSynchronous()).rowCount === 0) await wait(50)
      })
    },
    async stop() {
      for (const server of servers) await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await pair.addStandby()
  return pair
}

function run(bin: string, program: string, args: string[]): void {
  execFileSync(path.join(bin, program), args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], ...user })
}

const pidIn = (data: string) => Number.parseInt(readFileSync(path.join(data, 'postmaster.pid'), 'utf8'))

async function serverIn(bin: string, data: string): Promise<DatabaseServer> {
  const port = await freePort()
  const options = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const url = (database: string) => `postgresql://till:till@127.0.0.1:${port}/${database}`
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  let words = ''
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null
  /** The server's process and its children, as they are now. */
  const processes = () => {
    const parent = child?.pid ?? 0
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    return [parent, ...children.split(' ').filter(Boolean).map(Number)]
  }
  const signal = (name: 'SIGKILL' | 'SIGSTOP') => {
    for (const pid of processes()) {
      try {
        process.kill(pid, name)
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  return {
    port,
    url,
    isRunning,
    log: () => words,
    async start() {
      child = spawn(path.join(bin, 'postgres'), ['-D', data, ...options], {
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
        ...user,
      })
      const started = child
      started.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-20_000)))
      ended = new Promise((resolve) => started.once('exit', resolve))
      while (!(await answers(url('postgres')))) {
        if (!isRunning()) throw new Error(`PostgreSQL did not start:\n${words}`)
        await wait(50)
      }
    },
    async kill() {
      if (!isRunning()) return
      signal('SIGKILL')
      await ended
      // Its process id may soon be somebody else's, whom clean-up.mjs would stop.
      rmSync(path.join(data, 'postmaster.pid'), { force: true })
    },
    silence: () => signal('SIGSTOP'),
  }
}

const answers = (url: string) =>
  administer(url, (client) => client.query('SELECT 1')).then(
    () => true,
    () => false,
  )
