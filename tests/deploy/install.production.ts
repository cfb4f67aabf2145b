// The files in deploy/ at work: what the Dockerfile builds runs as another user, behind the nginx and PgBouncer of the recipes,
// with the variables of the template, and the doctor is content.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
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
  makeCertificate()
})

afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await sandbox.close()
  await mailbox.close()
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
})

const certificate = () => ({ cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') })

function makeCertificate(): void {
  const { cert, key } = certificate()
  execFileSync(
    'openssl',
    // prettier-ignore
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  )
}

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
      NODE_EXTRA_CA_CERTS: certificate().cert,
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
  const server = new URL(database.url)
  const run = path.join(folder, 'pgbouncer')
  mkdirSync(run)
  const ini = substituted('pgbouncer/pgbouncer.ini', {
    'till = host=127.0.0.1 port=5432 dbname=till': `* = host=${server.hostname} port=${server.port}`,
    'listen_port = 6432': `listen_port = ${ports.pgbouncer}`,
    '/etc/pgbouncer/userlist.txt': path.join(run, 'userlist.txt'),
    '/var/log/postgresql/pgbouncer.log': path.join(run, 'pgbouncer.log'),
    '/run/pgbouncer/pgbouncer.pid': path.join(run, 'pgbouncer.pid'),
  })
  writeFileSync(path.join(run, 'pgbouncer.ini'), ini)
  writeFileSync(path.join(run, 'userlist.txt'), `"${server.username}" "${server.password}"\n`)
  if (isRoot) chownSync(run, 65534, 65534)
  const child = spawn(programIn('pgbouncer'), [path.join(run, 'pgbouncer.ini')], {
    cwd: '/',
    stdio: 'ignore',
    ...other,
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  cleanups.push(() => child.kill('SIGKILL') && exited)
  await expect.poll(() => isOpen(ports.pgbouncer), { timeout: 30_000 }).toBe(true)
})

it('nginx takes deploy/nginx/till.conf, and starts', async () => {
  const run = path.join(folder, 'nginx')
  mkdirSync(path.join(run, 'cache'), { recursive: true })
  const { cert, key } = certificate()
  const site = substituted('nginx/till.conf', {
    'server 127.0.0.1:3000 max_fails=0;': `server 127.0.0.1:${ports.shop} max_fails=0;`,
    '/var/cache/nginx/till': path.join(run, 'cache'),
    '/var/log/nginx/till.log': path.join(run, 'access.log'),
    '/etc/letsencrypt/live/shop.example/fullchain.pem': cert,
    '/etc/letsencrypt/live/shop.example/privkey.pem': key,
    'listen 80;': `listen 127.0.0.1:${ports.http};`,
    'listen [::]:80;': '',
    'listen 443 ssl http2;': `listen 127.0.0.1:${ports.https} ssl http2;`,
    'listen [::]:443 ssl http2;': '',
    'return 301 https://shop.example$request_uri;': `return 301 https://localhost:${ports.https}$request_uri;`,
    'server_name shop.example;': 'server_name localhost;',
  })
  writeFileSync(path.join(run, 'till.conf'), site)
  const main = `${isRoot ? 'user root;' : ''} pid ${run}/nginx.pid; error_log ${run}/error.log; daemon off;
    events {} http { access_log off; client_body_temp_path ${run}/body; proxy_temp_path ${run}/proxy;
    fastcgi_temp_path ${run}/a; uwsgi_temp_path ${run}/b; scgi_temp_path ${run}/c; include ${run}/till.conf; }`
  writeFileSync(path.join(run, 'nginx.conf'), main)
  const args = ['-c', path.join(run, 'nginx.conf'), '-p', run]
  execFileSync(programIn('nginx'), ['-t', ...args], { stdio: 'pipe' })
  const child = spawn(programIn('nginx'), args, { stdio: 'ignore' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  cleanups.push(() => child.kill('SIGTERM') && exited)
  await expect.poll(() => isOpen(ports.https), { timeout: 30_000 }).toBe(true)
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

/** A file of deploy/ with other addresses. Each must be in it. */
function substituted(file: string, replacements: Record<string, string>): string {
  let text = readFileSync(deploy(file), 'utf8')
  for (const [before, after] of Object.entries(replacements)) {
    expect(text).toContain(before)
    text = text.replaceAll(before, after)
  }
  return text
}

function programIn(name: string): string {
  const found = ['/usr/sbin', ...(process.env.PATH ?? '').split(path.delimiter)]
    .map((one) => path.join(one, name))
    .find(existsSync)
  if (found === undefined) throw new Error(`Install ${name}: the test starts it with the file in deploy/.`)
  return found
}

async function isOpen(port: number): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Gets a page through nginx. */
function get(address: string) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', servername: 'localhost', port: ports.https, path: address }
      request(
        {
          ...options,
          headers: { host: `localhost:${ports.https}`, accept: 'text/html' },
          ca: readFileSync(certificate().cert),
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
