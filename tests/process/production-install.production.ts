// A production install: the packages that `npm ci --omit=dev` keeps, with a dist/ built elsewhere.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { removePostgres, startPostgres, type Postgres } from 'dev-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { newDataDir } from '../support/shop-process.js'
import { freePort } from '../support/free-port.js'

// Outside the repository, so that Node does not find the development packages.
const install = mkdtempSync(path.join(tmpdir(), 'till-install-'))
const dataDir = newDataDir()
let server: Postgres

beforeAll(async () => {
  for (const name of [
    ...productionPackages(),
    'dist',
    'views',
    'public',
    'prisma',
    'scripts',
    'package.json',
  ]) {
    mkdirSync(path.dirname(path.join(install, name)), { recursive: true })
    symlinkSync(path.join(projectRoot, name), path.join(install, name))
  }
  server = await startPostgres({ dir: dataDir, settings: { fsync: 'off' } })
})

afterAll(async () => {
  await server.stop()
  await removePostgres(dataDir)
  for (const folder of [dataDir, install]) rmSync(folder, { recursive: true, force: true })
})

interface LockFile {
  packages: Record<string, { dev?: boolean; link?: boolean; resolved?: string }>
}

/**
 * Top-level production packages in node_modules. Nested ones come with their parents; those of other platforms are
 * absent.
 */
function productionPackages(): string[] {
  const lockFile = readFileSync(path.join(projectRoot, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(lockFile) as LockFile
  return Object.entries(packages)
    .filter(([name, { dev, link, resolved }]) => {
      // For a link, the entry of its target folder says whether it is for development.
      const isDevelopment = link ? packages[resolved ?? '']?.dev : dev
      return /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name) && !isDevelopment
    })
    .map(([name]) => name)
    .filter((name) => existsSync(path.join(projectRoot, name)))
}

/**
 * The packages are links instead of 150 MB of copies. With these flags Node resolves imports beside the link, not
 * its target.
 */
const AS_IF_COPIED = ['--preserve-symlinks', '--preserve-symlinks-main']

/** Runs node with these arguments, these environment variables and none of ours. */
function start(command: string, environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [...AS_IF_COPIED, ...command.split(' ')], {
    cwd: install,
    env: { PATH: process.env['PATH'], DATA_DIR: path.join(install, 'data'), ...environment },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  return { child, ended, output: () => output }
}

const STRIPE = {
  STRIPE_SECRET_KEY: 'sk_test_ofaproductioninstall',
  STRIPE_WEBHOOK_SECRET: 'whsec_ofaproductioninstall',
  // Nothing listens there, so no request leaves this machine.
  STRIPE_API_BASE: 'http://127.0.0.1:1',
}

test('starts in production without the development packages', async () => {
  for (const name of ['dev-postgres', 'stripe-sandbox', 'prisma', 'prisma-cli', 'vitest'])
    expect(existsSync(path.join(install, 'node_modules', name)), name).toBe(false)
  const port = await freePort()
  const shop = start('dist/main.js', {
    NODE_ENV: 'production',
    PORT: String(port),
    BASE_URL: `http://127.0.0.1:${port}`,
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Till <till@till.example>',
    DATABASE_URL: server.url,
    SESSION_SECRET: '0123456789abcdef0123456789abcdef',
    ...STRIPE,
  })
  try {
    const answer = async (address: string) =>
      (await fetch(`http://127.0.0.1:${port}${address}`).catch(() => null))?.status ?? shop.output()
    await expect.poll(() => answer('/readyz')).toBe(200)
    expect(await answer('/pricing')).toBe(200)
  } finally {
    shop.child.kill('SIGTERM')
  }
  expect(await shop.ended).toBe(0)
})

test('the npm scripts that mails and incidents name work there too', async () => {
  const { scripts } = JSON.parse(readFileSync(path.join(install, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const environment = {
    NODE_ENV: 'production',
    BASE_URL: 'https://shop.example',
    TRUST_PROXY: '1',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Till <till@till.example>',
    DATABASE_URL: server.url,
    SESSION_SECRET: '0123456789abcdef0123456789abcdef',
    ...STRIPE,
  }
  for (const [name, said] of [
    ['preincidents', ''],
    ['incidents', 'No incident is open.\n'],
  ] as const) {
    const { ended, output } = start(String(scripts[name]).replace(/^node /, ''), environment)
    expect([name, await ended, output()]).toEqual([name, 0, said])
  }
})

const CASES = [
  { command: 'dist/main.js', missing: 'DATABASE_URL' },
  { command: 'dist/main.js', missing: 'STRIPE_SECRET_KEY' },
  { command: 'dist/commands/main.js seed', missing: 'DATABASE_URL' },
].flatMap((one) => [
  { ...one, mode: 'production' },
  { ...one, mode: undefined },
])

test.each(CASES)('$command names a missing $missing; NODE_ENV: $mode', async ({ command, missing, mode }) => {
  const environment = missing === 'DATABASE_URL' ? STRIPE : { DATABASE_URL: server.url }
  const { ended, output } = start(command, { ...environment, NODE_ENV: mode })
  expect(await ended).toBe(1)
  expect(output()).toContain(`- ${missing} is missing`)
  // The output is a message without a stack trace.
  expect(output()).not.toMatch(/^ +at /m)
})
