import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Binaries } from './binaries.js'
import { ADMIN_ROLE, newCredentials, saveCredentials, SHOP_ROLE, type Credentials } from './credentials.js'
import { ignore } from './errno.js'
import type { Home } from './home.js'
import { isAlive } from './postmaster.js'
import { run } from './program.js'

/**
 * Makes the data directory unless it exists. It appears whole or not at all, whenever this process is killed, and of
 * several processes that make it at once, one prevails.
 */
export async function ensureCluster(home: Home, programs: Binaries, durable: boolean): Promise<void> {
  if (await stat(path.join(home.cluster, 'till.json')).catch(ignore('ENOENT'))) return
  await removeUnfinished(home.cluster)
  const draft = `${home.cluster}.init-${process.pid}-${randomBytes(4).toString('hex')}`
  const credentials = await newCredentials()
  try {
    await mkdir(draft, { mode: 0o700 })
    if (home.user) await chown(draft, home.user.uid, home.user.gid)
    await initdb(home, programs, draft, credentials, durable)
    await createShop(home, programs, draft, credentials, durable)
    await saveCredentials(draft, credentials)
    // Refused when another process was faster: then theirs is the database.
    await rename(draft, home.cluster).catch(ignore('ENOTEMPTY', 'EEXIST', 'EPERM'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function initdb(
  home: Home,
  programs: Binaries,
  draft: string,
  { adminPassword }: Credentials,
  durable: boolean,
) {
  const passwordFile = `${draft}.password`
  await writeFile(passwordFile, adminPassword, { mode: 0o600 })
  if (home.user) await chown(passwordFile, home.user.uid, home.user.gid)
  const flags = [
    ...['-D', draft, '-U', ADMIN_ROLE, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    // Megabytes. Each new part of its log is filled with zeros while those who commit wait: a moment, and not a pause.
    '--wal-segsize=4',
    // Needs no locale of the system, sorts by code point, and knows upper and lower case beyond ASCII.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ]
  await run(home, programs, programs.initdb, flags).finally(() => rm(passwordFile, { force: true }))
}

/** In PostgreSQL's single-user mode: no server yet, each line a command, and the first that fails ends it. */
async function createShop(
  home: Home,
  programs: Binaries,
  draft: string,
  { password }: Credentials,
  durable: boolean,
) {
  const commands = [
    `CREATE ROLE ${SHOP_ROLE} LOGIN CREATEDB PASSWORD '${password}'`,
    `CREATE DATABASE ${SHOP_ROLE} OWNER ${SHOP_ROLE}`,
  ]
  const flags = [
    '--single',
    '-j',
    '-D',
    draft,
    '-c',
    'exit_on_error=on',
    '-c',
    `fsync=${durable ? 'on' : 'off'}`,
    'postgres',
  ]
  await run(home, programs, programs.postgres, flags, commands.map((command) => `${command};\n\n`).join(''))
}

/** What a killed start left behind. A young folder whose maker lives is another process's work in progress. */
async function removeUnfinished(cluster: string): Promise<void> {
  const folder = path.dirname(cluster)
  const prefix = `${path.basename(cluster)}.init-`
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue
    const draft = path.join(folder, name)
    const age = Date.now() - ((await stat(draft).catch(ignore('ENOENT')))?.ctimeMs ?? 0)
    // In a container every process may well have the same number.
    if (isAlive(Number.parseInt(name.slice(prefix.length))) && age < 600_000) continue
    // Its initdb may have outlived it and still be writing; then the next start removes it.
    await rm(draft, { recursive: true, force: true }).catch(ignore('ENOTEMPTY'))
  }
}
