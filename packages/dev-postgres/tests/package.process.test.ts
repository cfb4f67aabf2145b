// The package as npm installs it: packed, installed in an empty folder, used as a command and as a function with types.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answers, query } from './support/queries.js'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const runProgram = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dev-postgres-package-'))
  // The server's user must be able to enter when the tests run as root.
  chmodSync(folder, 0o755)
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "private": true }')
  // Without its prepack script, which would delete dist/ while other tests run it.
  await runProgram('npm', ['pack', PACKAGE, '--ignore-scripts', '--pack-destination', folder])
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--no-save']
  await runProgram('npm', ['install', ...flags, path.join(folder, tarball)], { cwd: folder })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('its command starts a server and stops it', async () => {
  const command = path.join(folder, 'node_modules', '.bin', 'dev-postgres')
  const child = spawn(command, ['start', '--dir', 'data'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string]
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await answers(url)).toBe(false)
})

test('its function starts a server and stops it', async () => {
  writeFileSync(
    path.join(folder, 'use.js'),
    `import { runningPostgres, startPostgres } from 'dev-postgres'
     const postgres = await startPostgres({ dir: 'data', settings: { fsync: 'off' } })
     const found = await runningPostgres('data')
     await postgres.stop()
     console.log(JSON.stringify([found.url === postgres.url, await runningPostgres('data') ?? null]))`,
  )
  const { stdout } = await runProgram(process.execPath, ['use.js'], { cwd: folder })
  expect(JSON.parse(stdout)).toEqual([true, null])
})

test('its types are complete, without other packages', async () => {
  writeFileSync(
    path.join(folder, 'use-types.ts'),
    `import { removePostgres, runningPostgres, startPostgres, stopPostgres } from 'dev-postgres'
     const postgres = await startPostgres({ dir: 'data', port: 5432, log: (message: string) => void message })
     const url: string = postgres.url
     const found: { url: string; pid: number } | undefined = await runningPostgres('data')
     const stopped: boolean = await stopPostgres('data')
     await removePostgres('data')
     // @ts-expect-error: settings are strings
     await startPostgres({ dir: 'data', settings: { max_connections: 10 } })
     export { found, stopped, url }`,
  )
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext']
  await runProgram(process.execPath, [tsc, ...flags, '--target', 'es2023', 'use-types.ts'], {
    cwd: folder,
  }).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout)
  })
})
