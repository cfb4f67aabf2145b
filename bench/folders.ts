// Data folders: on the disk that the project is on, where a commit costs what it costs (/tmp may be memory).
import { mkdir, mkdtemp, chmod, rm } from 'node:fs/promises'
import path from 'node:path'
import { projectRoot } from '../src/config.js'
import { removePostgres } from 'dev-postgres'
import { atTheEnd } from './cleanup.js'

const PARENT = path.join(projectRoot, 'node_modules', '.cache', 'till-bench')

export interface DataFolder {
  path: string
  /** With its database, whose server is stopped if it runs. */
  remove(): Promise<void>
}

export async function newDataFolder(): Promise<DataFolder> {
  await mkdir(PARENT, { recursive: true })
  const folder = await mkdtemp(path.join(PARENT, 'data-'))
  // For root the database's server runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  const remove = atTheEnd(async () => {
    await removePostgres(folder)
    await rm(folder, { recursive: true, force: true })
  })
  return { path: folder, remove }
}
