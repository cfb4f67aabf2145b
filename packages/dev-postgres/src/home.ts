import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ignore } from './errno.js'
import { canEnter, isRoot, nobody, type ServerUser } from './user.js'

/** Where a database lives and whose it is. */
export interface Home {
  /** PostgreSQL's data directory. It may not exist yet; its parent does. */
  cluster: string
  /** The user the server must run as; undefined: the one we are. */
  user: ServerUser | undefined
  /** A folder for a copy of PostgreSQL's programs, should one be needed. */
  programs: () => Promise<string>
}

/**
 * The home of the database that belongs to `dataDir`: `<dataDir>/postgres`.
 *
 * For root the server runs as another user, who must be able to enter that folder. Where that user cannot (a
 * checkout in root's own home), the data goes below `/var/lib/till`, and `<dataDir>/postgres.json` says where.
 */
export async function findHome(dataDir: string): Promise<Home> {
  await mkdir(dataDir, { recursive: true })
  const base = await realpath(dataDir)
  const inside = path.join(base, 'postgres')
  const pointer = path.join(base, 'postgres.json')
  const found = await stat(inside).catch(ignore('ENOENT'))

  if (!isRoot()) {
    if (!found && (await stat(pointer).catch(ignore('ENOENT')))) {
      throw new Error(`The database of ${base} was made by root: run this as root, or set DATABASE_URL.`)
    }
    return { cluster: inside, user: undefined, programs: () => Promise.resolve(base) }
  }

  const user = found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : await nobody()
  const home = { user, programs: lastingFolder }
  if (found && !(await canEnter(user, base))) {
    throw new Error(
      `The user that owns the database ${inside} (uid ${user.uid}) can no longer enter ${base}.`,
    )
  }
  const chosen = await readPointer(pointer)
  if (found || (chosen === undefined && (await canEnter(user, base)))) return { ...home, cluster: inside }
  const folder = chosen ?? (await writePointer(pointer))
  if (!(await stat(folder).catch(ignore('ENOENT')))) {
    // An empty database in its place would look like a shop that has lost everything without a word.
    throw new Error(
      `The database of ${base} was in ${folder}, which is gone. Delete ${pointer} to begin with an empty one.`,
    )
  }
  return { ...home, cluster: path.join(folder, 'data') }
}

/** Removes the database of `dataDir` for good. Its server must have been stopped. */
export async function removeHome(dataDir: string): Promise<void> {
  const pointer = path.join(dataDir, 'postgres.json')
  const folder = await readPointer(pointer)
  for (const each of [folder, pointer, path.join(dataDir, 'postgres')]) {
    if (each !== undefined) await rm(each, { recursive: true, force: true })
  }
}

async function readPointer(pointer: string): Promise<string | undefined> {
  const text = await readFile(pointer, 'utf8').catch(ignore('ENOENT'))
  return text === undefined ? undefined : (JSON.parse(text) as { folder: string }).folder
}

async function writePointer(pointer: string): Promise<string> {
  const folder = path.join(await lastingFolder(), randomBytes(8).toString('hex'))
  await mkdir(folder, { mode: 0o711 })
  await chmod(folder, 0o711)
  const draft = `${pointer}.${process.pid}`
  await writeFile(draft, JSON.stringify({ folder }, null, 2) + '\n', { mode: 0o600 })
  // link() refuses to replace: of several processes that begin at once, one decides and the others follow.
  await link(draft, pointer).catch(ignore('EEXIST'))
  await rm(draft)
  const chosen = await readPointer(pointer)
  if (chosen !== folder) await rm(folder, { recursive: true })
  return chosen ?? folder
}

/** A folder that only root can write, that every user can enter, and that outlives a restart of the machine. */
async function lastingFolder(): Promise<string> {
  for (const folder of ['/var/lib/till', '/var/tmp/till']) {
    try {
      await mkdir(folder, { recursive: true })
      const { uid } = await lstat(folder)
      // /var/tmp is everybody's: a folder that someone else put there is not a place for programs that we run.
      if (uid !== 0) continue
      await chmod(folder, 0o711)
      return folder
    } catch {
      continue
    }
  }
  throw new Error(
    'The embedded PostgreSQL cannot run as root, and neither /var/lib/till nor /var/tmp/till can be made for it. ' +
      'Run the shop as an ordinary user, or set DATABASE_URL.',
  )
}
