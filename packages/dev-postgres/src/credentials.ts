import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { isCode } from './errno.js'

/** What one needs to talk to the server. Kept in the data directory, so that it can never belong to another one. */
export interface Credentials {
  port: number
  /** Of `shopRole`. */
  password: string
  /** Of `adminRole`. */
  adminPassword: string
}

/** The shop's role, which owns the database of the same name and may make others, and nothing more. */
export const SHOP_ROLE = 'till'
export const ADMIN_ROLE = 'postgres'

const secret = () => randomBytes(24).toString('base64url')

export async function newCredentials(): Promise<Credentials> {
  return { port: await freePort(), password: secret(), adminPassword: secret() }
}

export async function readCredentials(cluster: string): Promise<Credentials> {
  const file = path.join(cluster, 'till.json')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error
    throw new Error(
      `${cluster} is not a database of the shop's: it has no till.json. Move it away to begin with an empty one.`,
    )
  })
  return JSON.parse(text) as Credentials
}

/** Readable by its owner alone; never half written. */
export async function saveCredentials(cluster: string, credentials: Credentials): Promise<void> {
  const file = path.join(cluster, 'till.json')
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify(credentials, null, 2) + '\n', { mode: 0o600 })
  await rename(draft, file)
}

/** Remembers another port, where the old one is taken. */
export async function changePort(cluster: string): Promise<void> {
  await saveCredentials(cluster, { ...(await readCredentials(cluster)), port: await freePort() })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.')
  return address.port
}
