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
    console.error(
      `Cannot build: ${bin} is not installed. Run "npm ci" with development dependencies; a production install runs "node dist/main.js".`,
    )
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
  run('prisma-cli/build/index.js', ['generate'])
  utimesSync(client, new Date(), new Date())
}

/** Compiles a project of the repository when one of its sources is newer than what was compiled last. */
function compile(folder, name, entry) {
  const built = at(folder, 'dist', entry)
  const sources = [at(folder, 'src'), at(folder, 'tsconfig.json'), at('tsconfig.json')]
  if (!force && existsSync(built) && Math.max(...sources.map(newest)) <= newest(built)) return
  console.log(`Compiling ${name} …`)
  if (force) rmSync(at(folder, 'dist'), { recursive: true, force: true })
  const config = path.join(folder, 'tsconfig.json')
  run('typescript/bin/tsc', ['-p', config, ...(unchecked ? ['--noCheck'] : [])])
  utimesSync(built, new Date(), new Date())
}

// The packages first: the shop is compiled against their types.
compile('packages/dev-postgres', 'dev-postgres', 'index.js')
compile('packages/stripe-sandbox', 'stripe-sandbox', 'index.js')
compile('.', 'the shop', 'main.js')
