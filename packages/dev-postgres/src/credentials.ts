// The port, role and passwords of a database, kept in a file in its data directory.
import { randomBytes } from 'node:crypto'
import { chown, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { ignore } from './errno.js'

/** What a client needs to connect. Kept in the data directory, so it can't get separated from the data. */
export interface Credentials {
  port: number
  /** Password of the role that owns the database. */
  password: string
  /** Password of `ADMIN_ROLE`. */
  adminPassword: string
}

export interface NamedCredentials extends Credentials {
  /** Name of the role and of the database it owns: the name of the file, without ".json". */
  name: string
}

/** The superuser. Only this package uses it. */
export const ADMIN_ROLE = 'postgres'

/** Names that need no quoting in the file system or in a URL. */
const NAME = /^[a-z_][a-z0-9_]{0,62}$/

const newPassword = () => randomBytes(24).toString('base64url')

/** @throws Error when the name has other characters than lower-case letters, digits and underscores */
export function checkName(name: string): void {
  if (!NAME.test(name))
    throw new Error(
      `"${name}" can't be the name of the database: use lower-case letters, digits and underscores.`,
    )
}

export async function newCredentials(port: number | undefined): Promise<Credentials> {
  return { port: port ?? (await freePort()), password: newPassword(), adminPassword: newPassword() }
}

/** Undefined when the folder does not exist or has no credentials. */
export async function findCredentials(cluster: string): Promise<NamedCredentials | undefined> {
  const files = (await readdir(cluster).catch(ignore('ENOENT'))) ?? []
  const name = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => path.basename(file, '.json'))
    .find((each) => NAME.test(each))
  if (name === undefined) return undefined
  return { ...(JSON.parse(await readFile(fileOf(cluster, name), 'utf8')) as Credentials), name }
}

/** @throws Error when the folder was not made by this package */
export async function readCredentials(cluster: string): Promise<NamedCredentials> {
  const found = await findCredentials(cluster)
  if (found) return found
  throw new Error(
    `${cluster} was not made by dev-postgres: the file with its passwords is missing. Move the folder away to start with an empty database.`,
  )
}

/** Writes the file in one step. Only the owner of the file can read it. */
export async function saveCredentials(
  cluster: string,
  { name, ...credentials }: NamedCredentials,
): Promise<void> {
  const file = fileOf(cluster, name)
  const draft = `${file}.${process.pid}`
  const existing = await stat(file).catch(ignore('ENOENT'))
  await writeFile(draft, JSON.stringify(credentials, null, 2) + '\n', { mode: 0o600 })
  // Root may save for another user, who must still be able to read it.
  if (existing) await chown(draft, existing.uid, existing.gid)
  await rename(draft, file)
}

/** Saves the port to use from now on: the given one, or a free one. */
export async function changePort(cluster: string, port?: number): Promise<void> {
  await saveCredentials(cluster, { ...(await readCredentials(cluster)), port: port ?? (await freePort()) })
}

const fileOf = (cluster: string, name: string) => path.join(cluster, `${name}.json`)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.')
  return address.port
}
