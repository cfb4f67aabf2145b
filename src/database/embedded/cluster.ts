import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import type { Binaries } from './binaries.js'
import { ignore } from './errno.js'
import type { Home } from './home.js'
import { isAlive } from './postmaster.js'

/** What one needs to talk to the server. Kept in the data directory, so that it can never belong to another one. */
export interface Credentials {
  password: string
  port: number
}

export const superuser = 'till'

/** The environment of PostgreSQL's programs: nothing of ours, English messages, their own libraries. */
export const programEnv = ({ lib }: Binaries): NodeJS.ProcessEnv => ({
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' ? {} : { LD_LIBRARY_PATH: lib }),
})

/** Makes the data directory unless it exists. It appears whole or not at all, whenever this process is killed. */
export async function ensureCluster(home: Home, programs: Binaries, durable: boolean): Promise<void> {
  if (await stat(home.cluster).catch(ignore('ENOENT'))) return
  await removeUnfinished(home.cluster)
  const draft = `${home.cluster}.init-${process.pid}-${randomBytes(4).toString('hex')}`
  const credentials = { password: randomBytes(24).toString('base64url'), port: await freePort() }
  try {
    await mkdir(draft, { mode: 0o700 })
    if (home.user) await chown(draft, home.user.uid, home.user.gid)
    await initdb(home, programs, draft, credentials.password, durable)
    await saveCredentials(draft, credentials)
    // Fails when another process was faster: then theirs is the database.
    await rename(draft, home.cluster).catch(ignore('ENOTEMPTY', 'EEXIST', 'EPERM'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function initdb(
  home: Home,
  programs: Binaries,
  draft: string,
  password: string,
  durable: boolean,
): Promise<void> {
  const passwordFile = `${draft}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (home.user) await chown(passwordFile, home.user.uid, home.user.gid)
  const flags = [
    ...['-D', draft, '-U', superuser, '--encoding=UTF8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // Needs no locale of the system, sorts by code point, and knows upper and lower case beyond ASCII.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ]
  const child = spawn(programs.initdb, flags, {
    ...{ cwd: '/', env: programEnv(programs), stdio: ['ignore', 'pipe', 'pipe'], ...home.user },
  })
  let output = ''
  const collect = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(programs.initdb, error)))
    child.once('close', (code, signal) => resolve(code ?? signal))
  }).finally(() => rm(passwordFile, { force: true }))
  if (ended === 0) return
  throw new Error(
    `The embedded PostgreSQL could not make its database (initdb: ${String(ended)}):\n${output.trim()}`,
  )
}

export function cannotRun(program: string, cause: Error): Error {
  return new Error(
    `The embedded PostgreSQL does not run on this system (${program}: ${cause.message}). It needs the GNU C library; ` +
      'on Alpine, for one, set DATABASE_URL to a PostgreSQL 15 or newer.',
    { cause },
  )
}

/** What a killed initdb left. A folder whose maker is still alive is another process's work in progress. */
async function removeUnfinished(cluster: string): Promise<void> {
  const folder = path.dirname(cluster)
  for (const name of await readdir(folder)) {
    const [, pid] = /^[^.]+\.init-(\d+)-/.exec(name) ?? []
    if (pid === undefined || !name.startsWith(`${path.basename(cluster)}.`) || isAlive(Number(pid))) continue
    await rm(path.join(folder, name), { recursive: true, force: true })
  }
}

export async function readCredentials(cluster: string): Promise<Credentials> {
  return JSON.parse(await readFile(path.join(cluster, 'till.json'), 'utf8')) as Credentials
}

export async function saveCredentials(cluster: string, credentials: Credentials): Promise<void> {
  const file = path.join(cluster, 'till.json')
  await writeFile(`${file}.${process.pid}`, JSON.stringify(credentials, null, 2) + '\n', { mode: 0o600 })
  await rename(`${file}.${process.pid}`, file)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.')
  return address.port
}
