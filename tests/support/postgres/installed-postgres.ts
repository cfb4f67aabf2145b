// Starts an installed PostgreSQL on an empty data folder, and deletes the folder when it stops.
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { makeServerFolder } from './server-folder.js'
import { freePort } from '../free-port.js'

export interface Server {
  url: string
  stop: () => Promise<void>
}

export interface RestartableServer extends Server {
  /** Stops the server, immediately (SIGQUIT) or as an operator would (SIGINT), and restarts it at the same address. */
  restart: (how: 'SIGQUIT' | 'SIGINT') => Promise<void>
}

/** Fast settings for a server whose data may be lost. */
export const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '400',
}

/** Starts the PostgreSQL in `bin` on an empty data folder, which `stop` deletes. */
export async function startInstalled(
  bin: string,
  chosen: Record<string, string> = forgetful,
): Promise<RestartableServer> {
  const folder = makeServerFolder('postgresql')
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  const passwordFile = path.join(folder, 'password')
  writeFileSync(passwordFile, 'till')
  const flags = [
    '-D',
    data,
    '-U',
    'till',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-sync',
  ]
  execFileSync(path.join(bin, 'initdb'), [...flags, '--locale=C.UTF-8'], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  })

  const port = await freePort()
  const settings = {
    ...chosen,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    timezone: 'UTC',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const url = `postgresql://till:till@127.0.0.1:${port}/postgres`

  async function launch() {
    const child = spawn(path.join(bin, 'postgres'), ['-D', data, ...options], {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)))
    const exited = new Promise((resolve) => child.once('exit', resolve))
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL of ${bin} did not start:\n${words}`)
      await sleep(20)
    }
    return async (how: 'SIGQUIT' | 'SIGINT') => {
      child.kill(how)
      await exited
    }
  }

  let end = await launch()
  return {
    url,
    restart: async (how) => {
      await end(how)
      end = await launch()
    },
    stop: async () => {
      // Immediately: the data is deleted anyway.
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}
