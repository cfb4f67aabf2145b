// Builds what is missing or older than its source: the Prisma client, then dist/. Nothing to do costs milliseconds.
// --force builds all of it; --unchecked is for a caller who has the types checked anyhow.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import path from 'node:path'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => path.join(root, ...parts)
const force = process.argv.includes('--force')
const unchecked = process.argv.includes('--unchecked')

function newest(target) {
  if (!existsSync(target)) return 0
  const stat = statSync(target)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(target).map((name) => newest(path.join(target, name))))
}

function run(bin, args) {
  // `prisma generate` insists on a schema engine it does not use; any existing file keeps it from a download.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  const script = at('node_modules', ...bin.split('/'))
  if (!existsSync(script)) {
    console.error(`Cannot build: ${bin} is not installed. Run "npm ci" with development dependencies first.`)
    process.exit(1)
  }
  const done = spawnSync(process.execPath, [script, ...args], { cwd: root, env, encoding: 'utf8' })
  if (done.status !== 0) {
    console.error(done.stdout + done.stderr)
    process.exit(done.status ?? 1)
  }
}

const client = at('src', 'generated', 'prisma', 'client.ts')
if (force || !existsSync(client) || newest(at('prisma', 'schema.prisma')) > newest(client)) {
  console.log('Generating the Prisma client …')
  run('prisma/build/index.js', ['generate'])
  utimesSync(client, new Date(), new Date())
}

const main = at('dist', 'main.js')
const sources = Math.max(newest(at('src')), newest(at('tsconfig.json')))
if (force || !existsSync(main) || sources > newest(main)) {
  console.log('Compiling TypeScript …')
  if (force) rmSync(at('dist'), { recursive: true, force: true })
  run('typescript/bin/tsc', ['-p', 'tsconfig.json', ...(unchecked ? ['--noCheck'] : [])])
  utimesSync(main, new Date(), new Date())
}
