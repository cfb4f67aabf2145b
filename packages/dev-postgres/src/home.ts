// Decides where the data of a folder lives and which user the server runs as.
import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotRunError } from './cannot-run-error.js'
import { ignore } from './errno.js'
import { exists } from './exists.js'
import { canEnter, isRoot, nobody, type ServerUser } from './user.js'

export interface Home {
  /** PostgreSQL's data directory. It may not exist yet; its parent does. */
  cluster: string
  /** The user the server runs as. Undefined: the user of this process. */
  user: ServerUser | undefined
  /** Returns a folder for a copy of PostgreSQL's programs, if one is needed. */
  programs: () => Promise<string>
}

/** What may be in the folder that the caller names. */
interface Places {
  /** The folder, with symbolic links resolved. */
  base: string
  /** The data directory, unless the pointer names another. */
  inside: string
  /** A file that names the folder of the data directory when it is elsewhere. */
  pointer: string
}

/**
 * The home of the database of `dir`: `<dir>/postgres`. Creates `dir`.
 *
 * For root the server runs as another user, who must be able to enter that folder. If that user can't (a project in
 * root's own home), the data goes to `/var/lib/dev-postgres`, and `<dir>/postgres.json` says where.
 */
export async function findHome(dir: string): Promise<Home> {
  await mkdir(dir, { recursive: true })
  const places = await placesIn(dir)
  const home = await existingIn(places)
  if (!home) return newIn(places)
  const folder = path.dirname(home.cluster)
  // Starting with an empty database instead would hide that the data is lost.
  if (!(await exists(folder)))
    throw new Error(
      `The database of ${places.base} was in ${folder}, which is gone. Delete ${places.pointer} to start with an empty one.`,
    )
  return home
}

/** The home of a database that exists already. Creates nothing. */
export async function findExistingHome(dir: string): Promise<Home | undefined> {
  return (await exists(dir)) ? existingIn(await placesIn(dir)) : undefined
}

/** Deletes the database of `dir`. Its server must have been stopped. */
export async function removeHome(dir: string): Promise<void> {
  if (!(await exists(dir))) return
  const { inside, pointer } = await placesIn(dir)
  const folder = await readPointer(pointer)
  for (const each of [folder, pointer, inside]) {
    if (each !== undefined) await rm(each, { recursive: true, force: true })
  }
}

async function placesIn(dir: string): Promise<Places> {
  const base = await realpath(dir)
  return { base, inside: path.join(base, 'postgres'), pointer: path.join(base, 'postgres.json') }
}

async function existingIn(places: Places): Promise<Home | undefined> {
  const { base, inside, pointer } = places
  const found = await stat(inside).catch(ignore('ENOENT'))
  if (!isRoot()) {
    if (!found && !(await exists(pointer))) return undefined
    if (!found) throw new CannotRunError(`The database of ${base} was made by root: run this as root.`)
    if (process.getuid && found.uid !== process.getuid())
      throw new CannotRunError(`The database in ${inside} belongs to another user (uid ${found.uid}).`)
    return homeInside(places)
  }
  if (found) {
    const user = found.uid === 0 ? await nobody() : { uid: found.uid, gid: found.gid }
    if (await canEnter(user, base)) return { cluster: inside, user, programs: lastingFolder }
    throw new Error(
      `The user that owns the database in ${inside} (uid ${user.uid}) can no longer enter ${base}.`,
    )
  }
  const folder = await readPointer(pointer)
  return folder === undefined ? undefined : homeElsewhere(folder)
}

async function newIn(places: Places): Promise<Home> {
  if (!isRoot()) return homeInside(places)
  const user = await nobody()
  if (await canEnter(user, places.base)) return { cluster: places.inside, user, programs: lastingFolder }
  return homeElsewhere(await writePointer(places.pointer))
}

const homeInside = ({ base, inside }: Places): Home => ({
  cluster: inside,
  user: undefined,
  programs: () => Promise.resolve(base),
})

const homeElsewhere = async (folder: string): Promise<Home> => ({
  cluster: path.join(folder, 'data'),
  user: await nobody(),
  programs: lastingFolder,
})

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
  // link() never replaces a file: when several processes start at once, the first one's choice holds for all.
  await link(draft, pointer).catch(ignore('EEXIST'))
  await rm(draft)
  const chosen = await readPointer(pointer)
  if (chosen !== folder) await rm(folder, { recursive: true })
  return chosen ?? folder
}

/** A folder that only root can write to, that every user can enter, and that a reboot leaves alone. */
async function lastingFolder(): Promise<string> {
  for (const folder of ['/var/lib/dev-postgres', '/var/tmp/dev-postgres']) {
    try {
      await mkdir(folder, { recursive: true })
      const { uid } = await lstat(folder)
      // Everyone can write to /var/tmp. Never run programs from a folder that someone else made.
      if (uid !== 0) continue
      await chmod(folder, 0o711)
      return folder
    } catch {
      continue
    }
  }
  throw new CannotRunError(
    'PostgreSQL does not run as root, and root could create neither /var/lib/dev-postgres nor /var/tmp/dev-postgres ' +
      'for the user it would run as. Run this as an ordinary user.',
  )
}
