// Temporary data folders on the project's disk, because /tmp may be in memory, where commits cost nothing.
import { mkdir, mkdtemp, chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import { projectRoot } from '../src/config.js'
import { removePostgres } from 'dev-postgres'
import { atTheEnd } from './cleanup.js'

const PARENT = path.join(projectRoot, 'node_modules', '.cache', 'till-bench')

export interface DataFolder {
  path: string
  /** Stops the folder's database server if it is running, and deletes the folder. */
  remove(): Promise<void>
}

export async function newDataFolder(): Promise<DataFolder> {
  await mkdir(PARENT, { recursive: true })
  const folder = await mkdtemp(path.join(PARENT, 'data-'))
  // As root, the database server runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755)
  const remove = atTheEnd(async () => {
    await removePostgres(folder)
    await rm(folder, { recursive: true, force: true })
  })
  return { path: folder, remove }
}
