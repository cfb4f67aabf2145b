import pg from 'pg'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { removeEmbedded, startEmbedded } from '../src/index.js'
import { USERS_LOCK } from '../src/session.js'
import { install, makeFolder, platform, startShop } from '../../../tests/database/shop-process.js'

const forgetful = { fsync: 'off' }
/** Only root can become another user, which some tests need; CI runs as root. */
const asRoot = process.getuid?.() === 0
const quick = { timeout: 20_000, interval: 10 }

let installation: string
let script: string
let folder: string
let dataDir: string

beforeAll(async () => {
  installation = makeFolder()
  script = await install(installation)
  const { close } = await startEmbedded(path.join(installation, 'made'), undefined, forgetful)
  await close()
})
afterAll(() => rmSync(installation, { recursive: true, force: true }))

beforeEach(() => {
  folder = makeFolder()
  dataDir = path.join(folder, 'data')
})
/** For tests that begin with a database: a copy is made faster than a new one. */
function copyMade(): void {
  mkdirSync(dataDir)
  execFileSync('cp', ['-a', path.join(installation, 'made', 'postgres'), dataDir])
}

afterEach(async () => {
  await removeEmbedded(dataDir)
  rmSync(folder, { recursive: true, force: true })
})

const shop = () => startShop({ script, dataDir })
const pidFile = () => path.join(dataDir, 'postgres', 'postmaster.pid')
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n')[0])

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}

/** What the shop's own role may not see. */
function asAdmin(url: string, database = 'till'): string {
  const credentials = JSON.parse(readFileSync(path.join(dataDir, 'postgres', 'till.json'), 'utf8')) as {
    adminPassword: string
  }
  return Object.assign(new URL(url), {
    username: 'postgres',
    password: credentials.adminPassword,
    pathname: database,
  }).href
}

const answers = (url: string) =>
  query(url, 'SELECT 1').then(
    () => true,
    () => false,
  )

describe('one process', () => {
  test('has a PostgreSQL that keeps what was committed, in Unicode, for this machine alone', async () => {
    const log: string[] = []
    const { url, started, close } = await startEmbedded(dataDir, (message) => log.push(message))
    expect(started).toBe(true)
    expect(
      await query(
        url,
        `SELECT current_setting('server_version_num')::int / 10000 AS major, lower('ÄÉ') AS lower`,
      ),
    ).toEqual([{ major: 18, lower: 'äé' }])
    const settings = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'listen_addresses',
      'unix_socket_directories',
      'server_encoding',
    ]
    const values = settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')
    expect(await query(asAdmin(url), `SELECT ${values}`)).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        server_encoding: 'UTF8',
      },
    ])
    await close()
    expect(await answers(url)).toBe(false)
    expect(log).toEqual([])
  })

  test('finds its data again after a stop, at the same address', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.close()
    const second = await startEmbedded(dataDir, undefined, forgetful)
    expect(second).toMatchObject({ url: first.url, started: true })
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.close()
  })

  test('has an empty database after the data folder is deleted', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    await query(first.url, 'CREATE TABLE gone ()')
    await first.close()
    rmSync(dataDir, { recursive: true })
    const second = await startEmbedded(dataDir, undefined, forgetful)
    expect(await query(second.url, `SELECT to_regclass('gone') AS table`)).toEqual([{ table: null }])
    await second.close()
  })

  test('keeps the password and the data from other users, and the shop from being an administrator', async () => {
    const { url, close } = await startEmbedded(dataDir, undefined, forgetful)
    expect(statSync(path.join(dataDir, 'postgres')).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(dataDir, 'postgres', 'till.json')).mode & 0o777).toBe(0o600)
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    )
    await expect(query(url, `COPY (SELECT 1) TO PROGRAM 'cat'`)).rejects.toThrow('permission denied')
    await close()
  })

  test('has two databases in two data folders at once', async () => {
    const other = path.join(folder, 'other')
    const [one, two] = await Promise.all(
      [dataDir, other].map((each) => startEmbedded(each, undefined, forgetful)),
    )
    expect(one?.url).not.toBe(two?.url)
    await query(one?.url ?? '', 'CREATE TABLE here ()')
    expect(await query(two?.url ?? '', `SELECT to_regclass('here') AS table`)).toEqual([{ table: null }])
    await Promise.all([one?.close(), two?.close()])
    await removeEmbedded(other)
  })

  test('moves to another port when a program has taken its own', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    await first.close()
    const thief = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
    await once(thief, 'listening')
    const second = await startEmbedded(dataDir, undefined, forgetful)
    expect(second.url).not.toBe(first.url)
    expect(await answers(second.url)).toBe(true)
    await second.close()
    thief.close()
  })

  test('says in the words of the server why it does not start', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    await first.close()
    writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '9\n')
    await expect(startEmbedded(dataDir, undefined, forgetful)).rejects.toThrow(
      /database files are incompatible with server/,
    )
  })

  test('says why a folder that is not its own cannot be used', async () => {
    mkdirSync(path.join(dataDir, 'postgres'), { recursive: true })
    writeFileSync(path.join(dataDir, 'postgres', 'something'), '')
    await expect(startEmbedded(dataDir, undefined, forgetful)).rejects.toThrow(
      'is not a database of the shop',
    )
  })
})

describe('several processes', () => {
  test('share one server, and the last one out stops it', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    const second = await shop()
    expect(second).toMatchObject({ url: first.url, started: false })
    await first.close()
    expect(await answers(second.url)).toBe(true)
    await second.stop()
    expect(existsSync(pidFile())).toBe(false)
  })

  test('leave the server to a client that is still connected', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    const psql = new pg.Client({ connectionString: first.url })
    await psql.connect()
    await first.close()
    expect((await psql.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await psql.end()
    const second = await startEmbedded(dataDir, undefined, forgetful)
    expect(second.started).toBe(false)
    await second.close()
    expect(existsSync(pidFile())).toBe(false)
  })

  test('that start at once on an empty folder end up on one server', async () => {
    const shops = await Promise.all([shop(), shop(), shop(), shop()])
    expect(new Set(shops.map((each) => each.url)).size).toBe(1)
    expect(shops.filter((each) => each.started)).toHaveLength(1)
    expect(readdirSync(dataDir)).toEqual(['postgres'])
    await Promise.all(shops.map((each) => each.stop()))
    expect(existsSync(pidFile())).toBe(false)
  })

  test('that start at once on a stopped database end up on one server', async () => {
    copyMade()
    const all = await Promise.all(
      Array.from({ length: 6 }, () => startEmbedded(dataDir, undefined, forgetful)),
    )
    expect(new Set(all.map((each) => each.url)).size).toBe(1)
    expect(all.filter((each) => each.started)).toHaveLength(1)
    await Promise.all(all.map((each) => each.close()))
    expect(existsSync(pidFile())).toBe(false)
  })

  test('do not join a server that another one is about to stop', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    const closer = new pg.Client({ connectionString: asAdmin(first.url, 'postgres') })
    await closer.connect()
    // As close() does it, with all the time in the world between its question and its deed.
    await first.close()
    await closer.query('SELECT pg_advisory_lock($1)', [USERS_LOCK])
    const joined = vi.fn()
    const second = startEmbedded(dataDir, undefined, forgetful).finally(joined)
    const sessions = async () => {
      const { rows } = await closer.query<{ n: number }>(
        `SELECT sessions::int AS n FROM pg_stat_database WHERE datname = 'postgres'`,
      )
      return rows[0]?.n ?? 0
    }
    const before = await sessions()
    await expect.poll(sessions, quick).toBeGreaterThan(before + 3)
    expect(joined).not.toHaveBeenCalled()
    const pid = serverPid()
    closer.on('error', () => undefined)
    process.kill(pid, 'SIGINT')
    const { url, started, close } = await second
    expect(started).toBe(true)
    expect(await answers(url)).toBe(true)
    await close()
  })

  test('start it again when it is stopped while it starts', async () => {
    copyMade()
    const starting = startEmbedded(dataDir, undefined, forgetful)
    // The file is there before its first line is; process 0 would be the whole group that the tests run in.
    await expect
      .poll(() => (existsSync(pidFile()) ? serverPid() : 0), { ...quick, interval: 1 })
      .toBeGreaterThan(0)
    process.kill(serverPid(), 'SIGINT')
    const { url, close } = await starting
    expect(await answers(url)).toBe(true)
    await close()
  })

  test('that come and go all the time never lose it', async () => {
    copyMade()
    const first = await startEmbedded(dataDir, undefined, forgetful)
    await first.close()
    const visit = async () => {
      for (let i = 0; i < 5; i++) {
        const each = await startEmbedded(dataDir, undefined, forgetful)
        expect(await answers(each.url)).toBe(true)
        await each.close()
      }
    }
    await Promise.all([visit(), visit(), visit()])
    expect(existsSync(pidFile())).toBe(false)
  })
})

describe('kill -9', () => {
  test('of the shop: the next one adopts the server', async () => {
    copyMade()
    const killed = await shop()
    const pid = serverPid()
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await killed.kill()
    expect(await answers(killed.url)).toBe(true)
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next).toMatchObject({ url: killed.url, started: false })
    expect(serverPid()).toBe(pid)
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await next.close()
    expect(existsSync(pidFile())).toBe(false)
  })

  test('of the shop and of the server: the next one recovers what was committed', async () => {
    copyMade()
    const killed = await shop()
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = serverPid()
    await killed.kill()
    process.kill(pid, 'SIGKILL')
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next).toMatchObject({ url: killed.url, started: true })
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await next.close()
  })

  test('of the server alone: it is started again at the same address', async () => {
    copyMade()
    const log = vi.fn()
    const { url, close } = await startEmbedded(dataDir, log, forgetful)
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = serverPid()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => answers(url), quick).toBe(true)
    expect(serverPid()).not.toBe(pid)
    expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    expect(log).toHaveBeenCalledWith('The embedded PostgreSQL has ended; starting it again.')
    await close()
    expect(existsSync(pidFile())).toBe(false)
  })

  test('of the server with a query in it: the next one waits until the query notices', async () => {
    copyMade()
    const killed = await shop()
    const busy = query(
      killed.url,
      'SELECT count(*) FROM generate_series(1, 7000) a, generate_series(1, 7000) b',
    ).catch((error: unknown) => error)
    await expect
      .poll(
        () =>
          query(
            killed.url,
            `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()`,
          ),
        quick,
      )
      .toHaveLength(1)
    const pid = serverPid()
    await killed.kill()
    process.kill(pid, 'SIGKILL')
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next).toMatchObject({ url: killed.url, started: true })
    await busy
    await next.close()
    expect(readFileSync(path.join(dataDir, 'postgres', 'server.log'), 'utf8')).toContain(
      'pre-existing shared memory block',
    )
  })

  test('in the middle of the first start: the next one begins anew', async () => {
    mkdirSync(dataDir)
    const victim = spawn(process.execPath, [script, dataDir, '{}'], { cwd: '/', env: {}, stdio: 'ignore' })
    const exited = once(victim, 'exit')
    await expect.poll(() => readdirSync(dataDir).some((name) => name.includes('.init-')), quick).toBe(true)
    victim.kill('SIGKILL')
    await exited
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next.started).toBe(true)
    expect(await answers(next.url)).toBe(true)
    await next.close()
  })

  test('in the middle of a first start leaves nothing for long', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(ended, 'exit')
    mkdirSync(path.join(dataDir, `postgres.init-${ended.pid ?? 0}-abcd`, 'base'), { recursive: true })
    const { close } = await startEmbedded(dataDir, undefined, forgetful)
    expect(readdirSync(dataDir)).toEqual(['postgres'])
    await close()
  })
})

describe('a postmaster.pid that outlived its server', () => {
  /** As a power cut leaves it: the file is there, the server is not. */
  async function leaveStale(pid: number): Promise<string> {
    copyMade()
    const killed = await shop()
    const dead = serverPid()
    await killed.kill()
    process.kill(dead, 'SIGKILL')
    const text = readFileSync(pidFile(), 'utf8')
    writeFileSync(pidFile(), text.replace(String(dead), String(pid)))
    return killed.url
  }

  test('and names a process that is no more', async () => {
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(ended, 'exit')
    const url = await leaveStale(ended.pid ?? 0)
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next).toMatchObject({ url, started: true })
    await next.close()
  })

  test('and names another program of the same user', async () => {
    // PostgreSQL itself takes such a process for its server when it belongs to the server's user.
    const user = asRoot ? { uid: 65534, gid: 65534 } : {}
    const other = spawn('/bin/sleep', ['600'], { cwd: '/', stdio: 'ignore', ...user })
    const url = await leaveStale(other.pid ?? 0)
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next).toMatchObject({ url, started: true })
    expect(serverPid()).not.toBe(other.pid)
    await next.close()
    expect(other.exitCode).toBeNull()
    other.kill()
  })

  test('and is found by several processes at once', async () => {
    const url = await leaveStale(process.pid)
    const shops = await Promise.all([shop(), shop(), shop()])
    expect(shops.map((each) => each.url)).toEqual([url, url, url])
    expect(shops.filter((each) => each.started)).toHaveLength(1)
    await Promise.all(shops.map((each) => each.stop()))
  })

  test('and is empty', async () => {
    await leaveStale(0)
    writeFileSync(pidFile(), '')
    const next = await startEmbedded(dataDir, undefined, forgetful)
    expect(next.started).toBe(true)
    await next.close()
  })
})

describe('an installation', () => {
  const native = (at: string) => path.join(at, 'node_modules', platform, 'native')
  const links = (at: string) =>
    (JSON.parse(readFileSync(path.join(native(at), 'pg-symlinks.json'), 'utf8')) as { target: string }[]).map(
      ({ target }) => path.join(native(at), '..', target),
    )

  test('without the links that its script would have made gets them', async () => {
    const own = await install(folder)
    links(folder).forEach((link) => rmSync(link, { force: true }))
    const first = await startShop({ script: own, dataDir })
    expect(links(folder).every(existsSync)).toBe(true)
    await first.stop()
  })

  test.runIf(asRoot)('below a folder that only root may enter works for root', async () => {
    const closed = path.join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    dataDir = path.join(closed, 'data')
    const own = await install(closed)
    // As npm installs it under a strict umask; of a version that no other test has copied.
    execFileSync('chmod', ['-R', 'go-rwx', native(closed)])
    const version = `test-${process.pid}`
    writeFileSync(
      path.join(native(closed), '..', 'package.json'),
      JSON.stringify({ version, exports: './dist/index.js', type: 'module' }),
    )
    const first = await startShop({ script: own, dataDir })
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await startShop({ script: own, dataDir })
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.stop()
    // Also when that user could enter the folder by now.
    chmodSync(closed, 0o755)
    const third = await startShop({ script: own, dataDir })
    expect(third.url).toBe(first.url)
    await third.stop()

    const pointer = path.join(dataDir, 'postgres.json')
    const { folder: elsewhere } = JSON.parse(readFileSync(pointer, 'utf8')) as { folder: string }
    expect(statSync(pointer).mode & 0o777).toBe(0o600)
    expect(existsSync(path.join(elsewhere, 'data', 'PG_VERSION'))).toBe(true)

    const programs = readdirSync(path.dirname(elsewhere)).filter((name) => name.includes(version))
    expect(programs).toHaveLength(1)
    programs.forEach((name) => rmSync(path.join(elsewhere, '..', name), { recursive: true }))

    rmSync(elsewhere, { recursive: true })
    await expect(startShop({ script: own, dataDir })).rejects.toThrow(`was in ${elsewhere}, which is gone`)
    rmSync(pointer)
  })

  test.runIf(asRoot)('works for an ordinary user, whose server root adopts', async () => {
    mkdirSync(dataDir)
    chownSync(dataDir, 1, 1)
    const first = await startShop({ script, dataDir, uid: 1, gid: 1 })
    expect(statSync(`/proc/${serverPid()}`).uid).toBe(1)
    const second = await shop()
    expect(second).toMatchObject({ url: first.url, started: false })
    await first.stop()
    await second.stop()
    const third = await shop()
    expect(statSync(`/proc/${serverPid()}`).uid).toBe(1)
    await third.stop()
  })

  test.runIf(asRoot)('that an ordinary user can only read is copied when links are missing', async () => {
    const own = await install(folder)
    links(folder).forEach((link) => rmSync(link, { force: true }))
    mkdirSync(dataDir)
    chownSync(dataDir, 1, 1)
    const first = await startShop({ script: own, dataDir, uid: 1, gid: 1 })
    expect(readdirSync(dataDir).some((name) => name.startsWith('postgresql-18'))).toBe(true)
    expect(links(folder).some(existsSync)).toBe(false)
    await first.stop()
  })

  test('without PostgreSQL for its platform names DATABASE_URL', async () => {
    const own = await install(folder)
    rmSync(path.dirname(native(folder)), { recursive: true })
    await expect(startShop({ script: own, dataDir })).rejects.toThrow(
      /no embedded PostgreSQL for this platform.*DATABASE_URL/,
    )
  })

  test.runIf(asRoot)('for a user without a name says so, and names DATABASE_URL', async () => {
    mkdirSync(dataDir)
    chownSync(dataDir, 54321, 54321)
    await expect(startShop({ script, dataDir, uid: 54321, gid: 54321 })).rejects.toThrow(
      /has no name.*DATABASE_URL/,
    )
  })

  test('that the system cannot run names DATABASE_URL', async () => {
    const own = await install(folder)
    // What a system with another C library says: the loader that the program names does not exist.
    const initdb = path.join(native(folder), 'bin', 'initdb')
    writeFileSync(initdb, '#!/lib/ld-of-another-system.so\n')
    chmodSync(initdb, 0o755)
    await expect(startShop({ script: own, dataDir })).rejects.toThrow(/needs the GNU C library.*DATABASE_URL/)
  })
})
