// Finds, stops and removes the database of a folder, whichever process started it.
import { readCredentials } from './credentials.js'
import { findExistingHome, removeHome } from './home.js'
import { readPostmaster } from './postmaster.js'
import { stopServer } from './server.js'
import { markStopped } from './stop-mark.js'
import { urlOf } from './url.js'

export interface RunningPostgres {
  url: string
  /** Process id of the server. */
  pid: number
}

/** The server that runs on the data of `dir`, or undefined. Starts and creates nothing. */
export async function runningPostgres(dir: string): Promise<RunningPostgres | undefined> {
  const home = await findExistingHome(dir)
  if (!home) return undefined
  const postmaster = await readPostmaster(home.cluster)
  if (postmaster?.running !== true || !postmaster.ready) return undefined
  return { url: urlOf(await readCredentials(home.cluster), postmaster.port), pid: postmaster.pid }
}

/**
 * Stops the server of `dir`, whoever uses it. Processes that use it through `startPostgres` don't start it again.
 *
 * @returns false when no server was running
 * @throws Error when the server is still stopping after 30 seconds
 */
export async function stopPostgres(dir: string): Promise<boolean> {
  const home = await findExistingHome(dir)
  if (!home) return false
  const postmaster = await readPostmaster(home.cluster)
  if (postmaster?.running !== true) return false
  await markStopped(home.cluster, postmaster)
  if (await stopServer(home, postmaster.pid)) return true
  throw new Error(
    `PostgreSQL (process ${postmaster.pid}) is still writing to disk. It ends when that is done.`,
  )
}

/** Stops the server of `dir`, whoever uses it, and deletes its data. */
export async function removePostgres(dir: string): Promise<void> {
  await stopPostgres(dir)
  await removeHome(dir)
}
