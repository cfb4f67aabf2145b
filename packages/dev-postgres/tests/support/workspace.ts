// A folder per test for its data, and per test file an installation and a database to copy.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { removePostgres, startPostgres, type Postgres, type StartOptions } from '../../src/index.js'
import { startChild, type Child } from './child-process.js'
import { install } from './installation.js'

/** No test needs its data after a power cut. */
const UNSAFE_SETTINGS = { fsync: 'off' }
/** For `expect.poll`. */
export const QUICK = { timeout: 20_000, interval: 10 }
/** Only root can start processes as another user. */
export const AS_ROOT = process.getuid?.() === 0

export interface Workspace {
  /** A folder for whatever the test needs. */
  folder: string
  /** Where the test's data goes. Does not exist at first. */
  dir: string
  /** The program of the installation that the tests share. */
  script: string
  start(options?: Partial<StartOptions>): Promise<Postgres>
  startChild(): Promise<Child>
  /** Puts a stopped, empty database into `dir`. Copying one is faster than creating it. */
  copyDatabase(): void
  /** Path of a file in the data directory. */
  file(name: string): string
  serverPid(): number
  /** The URL of the superuser, for what the database's own role may not see. */
  adminUrl(url: string, database?: string): string
}

/** Call it once per test file, outside of any test. */
export function useWorkspace(): Workspace {
  let shared: string
  const workspace: Workspace = {
    folder: '',
    dir: '',
    script: '',
    start: (options) => startPostgres({ dir: workspace.dir, settings: UNSAFE_SETTINGS, ...options }),
    startChild: () => startChild({ script: workspace.script, dir: workspace.dir }),
    copyDatabase() {
      mkdirSync(workspace.dir)
      execFileSync('cp', ['-a', path.join(shared, 'made', 'postgres'), workspace.dir])
    },
    file: (name) => path.join(workspace.dir, 'postgres', name),
    serverPid: () => Number(readFileSync(workspace.file('postmaster.pid'), 'utf8').split('\n')[0]),
    adminUrl(url, database = 'dev') {
      const { adminPassword } = JSON.parse(readFileSync(workspace.file('dev.json'), 'utf8')) as {
        adminPassword: string
      }
      const changes = { username: 'postgres', password: adminPassword, pathname: database }
      return Object.assign(new URL(url), changes).href
    },
  }
  beforeAll(async () => {
    shared = makeFolder()
    workspace.script = await install(shared)
    const { stop } = await workspace.start({ dir: path.join(shared, 'made') })
    await stop()
  })
  afterAll(() => rmSync(shared, { recursive: true, force: true }))
  beforeEach(() => {
    workspace.folder = makeFolder()
    workspace.dir = path.join(workspace.folder, 'data')
  })
  afterEach(async () => {
    await removePostgres(workspace.dir)
    rmSync(workspace.folder, { recursive: true, force: true })
  })
  return workspace
}

/** A folder that every user may enter. */
function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dev-postgres-test-'))
  chmodSync(folder, 0o755)
  return folder
}
