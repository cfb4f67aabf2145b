// The files of deploy/ with other addresses, and the programs that run with them.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { projectRoot } from '../../src/config.js'

const isRoot = process.getuid?.() === 0
/** "nobody" of Debian, if we may change to it. */
const other = isRoot ? { uid: 65534, gid: 65534 } : {}

/** A file of deploy/ with other addresses. @throws Error unless each of them is in it */
export function substituted(file: string, replacements: Record<string, string>): string {
  let text = readFileSync(path.join(projectRoot, 'deploy', file), 'utf8')
  for (const [before, after] of Object.entries(replacements)) {
    if (!text.includes(before)) throw new Error(`deploy/${file} has no "${before}".`)
    text = text.replaceAll(before, after)
  }
  return text
}

export interface Certificate {
  cert: string
  key: string
}

/** Makes a certificate for localhost that signs itself. */
export function makeCertificate(folder: string): Certificate {
  const [cert, key] = [path.join(folder, 'cert.pem'), path.join(folder, 'key.pem')]
  execFileSync(
    'openssl',
    // prettier-ignore
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  )
  return { cert, key }
}

export interface Program {
  stop(): Promise<void>
}

/** Starts nginx with deploy/nginx/till.conf in front of these ports. */
export async function startNginx(
  folder: string,
  ports: { http: number; https: number; shops: readonly number[] },
  { cert, key }: Certificate,
): Promise<Program> {
  const run = path.join(folder, 'nginx')
  mkdirSync(path.join(run, 'cache'), { recursive: true })
  const site = substituted('nginx/till.conf', {
    'server 127.0.0.1:3000 max_fails=0;': ports.shops
      .map((port) => `server 127.0.0.1:${port} max_fails=0;`)
      .join('\n  '),
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
  const isOpen = () => fetch(`http://127.0.0.1:${ports.http}/`, { redirect: 'manual' }).catch(() => null)
  while (!(await isOpen())) {
    if (child.exitCode !== null) throw new Error(readFileSync(path.join(run, 'error.log'), 'utf8'))
    await wait(50)
  }
  return { stop: () => end(child, 'SIGTERM') }
}

export interface Pooler extends Program {
  /** URL of the database through it. */
  url: string
  restart(): Promise<void>
  /** Sends everybody to another server, as docs/5-scale-it.md says: changes the file, and reloads it. */
  lead(port: number): void
}

/**
 * Starts PgBouncer with deploy/pgbouncer/pgbouncer.ini.
 * @param databaseUrl a database of a server on this machine
 */
export async function startPooler(folder: string, port: number, databaseUrl: string): Promise<Pooler> {
  const run = path.join(folder, 'pgbouncer')
  mkdirSync(run)
  const file = path.join(run, 'pgbouncer.ini')
  const { username, password, pathname, port: serverPort } = new URL(databaseUrl)
  const name = pathname.slice(1)
  const write = (to: number | string) =>
    writeFileSync(
      file,
      substituted('pgbouncer/pgbouncer.ini', {
        'till = host=127.0.0.1 port=5432 dbname=till': `${name} = host=127.0.0.1 port=${to} dbname=${name}`,
        'listen_port = 6432': `listen_port = ${port}`,
        '/etc/pgbouncer/userlist.txt': path.join(run, 'userlist.txt'),
        '/var/log/postgresql/pgbouncer.log': path.join(run, 'pgbouncer.log'),
        '/run/pgbouncer/pgbouncer.pid': path.join(run, 'pgbouncer.pid'),
      }),
    )
  write(serverPort)
  writeFileSync(path.join(run, 'userlist.txt'), `"${username}" "${password}"\n`)
  if (isRoot) chownSync(run, 65534, 65534)
  const through = new URL(databaseUrl)
  through.port = String(port)
  const url = through.href
  const start = async () => {
    const child = spawn(programIn('pgbouncer'), [file], { cwd: '/', stdio: 'ignore', ...other })
    while (!(await answers(url))) {
      if (child.exitCode !== null)
        throw new Error(`PgBouncer ended:\n${readFileSync(path.join(run, 'pgbouncer.log'), 'utf8')}`)
      await wait(50)
    }
    return child
  }
  let child = await start()
  return {
    url,
    lead(to) {
      write(to)
      child.kill('SIGHUP')
    },
    async restart() {
      await end(child, 'SIGTERM')
      child = await start()
    },
    stop: () => end(child, 'SIGKILL'),
  }
}

/** @throws Error when Debian's package is not installed */
function programIn(name: string): string {
  const found = ['/usr/sbin', ...(process.env.PATH ?? '').split(path.delimiter)]
    .map((one) => path.join(one, name))
    .find(existsSync)
  if (found === undefined) throw new Error(`Install ${name}: the test starts it with the file in deploy/.`)
  return found
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exited
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  return client
    .connect()
    .then(() => client.query('SELECT 1'))
    .then(
      () => client.end().then(() => true),
      () => false,
    )
}
