// The files in deploy/ at work: what the Dockerfile builds runs as another user, behind the nginx and PgBouncer of the recipes,
// with the variables of the template, and the doctor is content.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSandbox, type Sandbox } from 'stripe-sandbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { freePort } from '../support/free-port.js'
import { openMailbox, type Mailbox } from '../support/mailbox.js'
import { findPostgres } from '../support/postgres/engines.js'
import { startInstalled, type Server } from '../support/postgres/installed-postgres.js'
import { makeCertificate, startNginx, startPooler, substituted, type Certificate } from './recipes.js'
import { buildIn, readDockerfile, type Image } from './dockerfile.js'

const MINUTES = 60_000
const deploy = (...parts: string[]) => path.join(projectRoot, 'deploy', ...parts)
const isRoot = process.getuid?.() === 0
/** "nobody" of Debian, if we may change to it. */
const other = isRoot ? { uid: 65534, gid: 65534 } : {}

let folder: string
let image: Image
let database: Server
let sandbox: Sandbox
let mailbox: Mailbox
let certificate: Certificate
const ports = { shop: 0, https: 0, http: 0, pgbouncer: 0 }
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'till-image-'))
  chmodSync(folder, 0o755)
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort()
  const postgres = findPostgres()
  if (postgres === undefined) throw new Error('Install postgresql: the shop is installed on it.')
  // With the server's own settings: the doctor looks at them.
  database = await startInstalled(postgres, {})
  sandbox = await createSandbox({ port: 0 })
  mailbox = await openMailbox()
  certificate = makeCertificate(folder)
})

afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await sandbox.close()
  await mailbox.close()
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** deploy/env/till.env.example, with what it leaves empty. */
function environment(): Record<string, string> {
  const template = readFileSync(deploy('env', 'till.env.example'), 'utf8')
  const given = Object.fromEntries(
    [...template.matchAll(/^([A-Z\d_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replace(/^"(.*)"$/, '$1'),
    ]),
  )
  const through = new URL(database.url)
  through.host = `127.0.0.1:${ports.pgbouncer}`
  return {
    ...given,
    BASE_URL: `https://localhost:${ports.https}`,
    HOST: '127.0.0.1',
    PORT: String(ports.shop),
    DATABASE_URL: through.href,
    DATABASE_DIRECT_URL: database.url,
    STRIPE_SECRET_KEY: sandbox.secretKey,
    STRIPE_API_BASE: sandbox.url,
    SESSION_SECRET: '0123456789abcdef0123456789abcdef',
    SMTP_URL: mailbox.url,
    OPERATOR_EMAIL: 'you@shop.example',
  }
}

/** Runs a command of the image as its user would, with these variables and none of ours. */
function run([program = '', ...args]: readonly string[], variables: Record<string, string>) {
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: image.folder,
    env: {
      PATH: process.env.PATH,
      NODE_EXTRA_CA_CERTS: certificate.cert,
      ...image.environment,
      ...variables,
    },
    ...other,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, ended, output: () => output }
}

it(
  'the Dockerfile’s steps build an image that has no development package and is not the shop’s to change',
  () => {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: projectRoot,
    })
      .toString()
      .split('\0')
      .filter((file) => file !== '' && existsSync(path.join(projectRoot, file)))
    image = buildIn(folder, readDockerfile(deploy('Dockerfile')), projectRoot, files)
    expect(image).toMatchObject({ user: 'node', stopSignal: 'SIGTERM', command: ['node', 'dist/main.js'] })
    for (const name of ['dev-postgres', 'stripe-sandbox', 'prisma-cli', 'vitest', 'eslint'])
      expect(existsSync(path.join(image.folder, 'node_modules', name)), name).toBe(false)
    expect(existsSync(path.join(image.folder, 'src'))).toBe(false)
  },
  15 * MINUTES,
)

it('pgbouncer starts with deploy/pgbouncer/pgbouncer.ini', async () => {
  const pooler = await startPooler(folder, ports.pgbouncer, database.url)
  cleanups.push(() => pooler.stop())
})

it('nginx takes deploy/nginx/till.conf, and starts', async () => {
  const nginx = await startNginx(folder, { ...ports, shops: [ports.shop] }, certificate)
  cleanups.push(() => nginx.stop())
})

it('systemd takes deploy/systemd/till.service', () => {
  const run = path.join(folder, 'systemd')
  mkdirSync(run)
  // It must find the program and the user, and neither is there.
  const unit = substituted('systemd/till.service', {
    '/usr/bin/node': process.execPath,
    'User=till': 'User=root',
    'Group=till': 'Group=root',
  })
  writeFileSync(path.join(run, 'till.service'), unit)
  const said = execFileSync('sh', [
    '-c',
    `systemd-analyze verify ${path.join(run, 'till.service')} 2>&1 || true`,
  ])
    .toString()
    .split('\n')
    .filter((line) => line.includes('till.service'))
  expect(said).toEqual([])
  // Longer than the shop takes to end.
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(10)
})

it(
  'the image starts, is healthy, passes the doctor behind both, and stops',
  async () => {
    const variables = environment()
    const registration = run(['node', 'dist/commands/main.js', 'doctor', '--register-endpoint'], variables)
    expect([await registration.ended, registration.output()]).toEqual([
      0,
      expect.stringContaining('Created: we_'),
    ])
    variables['STRIPE_WEBHOOK_SECRET'] =
      /^STRIPE_WEBHOOK_SECRET=(\w+)$/m.exec(registration.output())?.[1] ?? ''

    const shop = run(image.command, variables)
    cleanups.push(() => shop.child.kill('SIGKILL'))
    const isHealthy = async () => (await run(image.healthCheck, variables).ended) === 0 || shop.output()
    await expect.poll(isHealthy, { timeout: 60_000, interval: 1000 }).toBe(true)

    const doctor = run(['node', 'dist/commands/main.js', 'doctor', '--json'], variables)
    const code = await doctor.ended
    const { findings } = JSON.parse(doctor.output()) as { findings: { verdict: string; found: string }[] }
    expect(findings.filter(({ verdict }) => verdict === 'fault')).toEqual([])
    expect(code).toBe(0)
    const found = findings.map((one) => one.found).join('\n')
    expect(found).toContain('A connection pooler is in between')
    expect(found).toContain('knows that it is reached by https')
    expect(found).toContain('What is signed with the secret arrives unchanged')

    for (const address of ['/pricing', '/robots.txt'])
      expect([address, (await get(address)).status]).toEqual([address, 200])
    const home = await get('/pricing?token=secretword')
    expect(home.headers['strict-transport-security']).toContain('max-age')
    const style = /\/assets\/css\/[\w.]+\.css/.exec(home.text)?.[0] ?? ''
    expect((await get(style)).headers['cache-control']).toContain('immutable')
    await expect
      .poll(() => readFileSync(path.join(folder, 'nginx', 'access.log'), 'utf8'))
      .toContain(String(home.headers['x-request-id']))
    expect(readFileSync(path.join(folder, 'nginx', 'access.log'), 'utf8')).not.toContain('secretword')
    const plain = await fetch(`http://127.0.0.1:${ports.http}/pricing`, { redirect: 'manual' })
    expect([plain.status, plain.headers.get('location')]).toEqual([301, `${variables['BASE_URL']}/pricing`])

    shop.child.kill(image.stopSignal as NodeJS.Signals)
    expect(await shop.ended).toBe(0)
  },
  5 * MINUTES,
)

/** Gets a page through nginx. */
function get(address: string) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', servername: 'localhost', port: ports.https, path: address }
      request(
        {
          ...options,
          headers: { host: `localhost:${ports.https}`, accept: 'text/html' },
          ca: readFileSync(certificate.cert),
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          )
        },
      )
        .on('error', reject)
        .end()
    },
  )
}
