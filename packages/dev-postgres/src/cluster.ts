// Creates the data directory: initdb, then the role and its database.
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Binaries } from './binaries.js'
import {
  ADMIN_ROLE,
  checkName,
  findCredentials,
  newCredentials,
  saveCredentials,
  type NamedCredentials,
} from './credentials.js'
import { ignore } from './errno.js'
import type { Home } from './home.js'
import { isAlive } from './postmaster.js'
import { run } from './program.js'

interface NewCluster {
  /** Name of the role and of its database. */
  name: string
  /** Undefined: any free port. */
  port: number | undefined
  /** False: initdb does not wait for the disk. */
  durable: boolean
}

/**
 * Creates the data directory unless it exists. It is made under another name and renamed when complete, so a killed
 * process leaves no half-made one. When several processes create it at once, the first to finish wins.
 */
export async function ensureCluster(
  home: Home,
  programs: Binaries,
  { name, port, durable }: NewCluster,
): Promise<void> {
  // At every start: an initdb that outlived its process can still have written while the start after it removed its folder.
  await removeUnfinished(home.cluster)
  if (await findCredentials(home.cluster)) return
  checkName(name)
  const draft = `${home.cluster}.init-${process.pid}-${randomBytes(4).toString('hex')}`
  const credentials = { ...(await newCredentials(port)), name }
  try {
    await mkdir(draft, { mode: 0o700 })
    if (home.user) await chown(draft, home.user.uid, home.user.gid)
    await initdb(home, programs, draft, credentials, durable)
    await createDatabase(home, programs, draft, credentials, durable)
    await saveCredentials(draft, credentials)
    // Fails when another process was faster: its database is the one to use.
    await rename(draft, home.cluster).catch(ignore('ENOTEMPTY', 'EEXIST', 'EPERM'))
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function initdb(
  home: Home,
  programs: Binaries,
  draft: string,
  { adminPassword }: NamedCredentials,
  durable: boolean,
) {
  const passwordFile = `${draft}.password`
  await writeFile(passwordFile, adminPassword, { mode: 0o600 })
  if (home.user) await chown(passwordFile, home.user.uid, home.user.gid)
  const flags = [
    ...['-D', draft, '-U', ADMIN_ROLE, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
    // In megabytes. Commits wait while a new segment is filled with zeros: small segments keep that wait short.
    '--wal-segsize=4',
    // This locale needs nothing from the system, sorts by code point, and maps case beyond ASCII.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ]
  await run(home, programs, programs.initdb, flags).finally(() => rm(passwordFile, { force: true }))
}

/** Runs in single-user mode, which needs no server. Commands end with an empty line; the first failure ends it. */
async function createDatabase(
  home: Home,
  programs: Binaries,
  draft: string,
  { name, password }: NamedCredentials,
  durable: boolean,
) {
  const commands = [
    `CREATE ROLE "${name}" LOGIN CREATEDB PASSWORD '${password}'`,
    `CREATE DATABASE "${name}" OWNER "${name}"`,
  ]
  const flags = [
    ...['--single', '-j', '-D', draft],
    ...['-c', 'exit_on_error=on', '-c', `fsync=${durable ? 'on' : 'off'}`],
    'postgres',
  ]
  await run(home, programs, programs.postgres, flags, commands.map((command) => `${command};\n\n`).join(''))
}

/** Removes what killed processes left. A recent folder of a live process is still being made, so it stays. */
async function removeUnfinished(cluster: string): Promise<void> {
  const folder = path.dirname(cluster)
  const prefix = `${path.basename(cluster)}.init-`
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue
    const draft = path.join(folder, name)
    const age = Date.now() - ((await stat(draft).catch(ignore('ENOENT')))?.ctimeMs ?? 0)
    // The age counts too: in a container, each run tends to give a process the same id.
    if (isAlive(Number.parseInt(name.slice(prefix.length))) && age < 600_000) continue
    // Then an initdb that outlived its process still writes here, and the next start removes the folder.
    await rm(draft, { recursive: true, force: true }).catch(ignore('ENOTEMPTY'))
  }
}
