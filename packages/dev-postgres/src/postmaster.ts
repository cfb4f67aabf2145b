// Reads postmaster.pid to tell whether a server runs on a data directory.
import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ignore, isCode } from './errno.js'

/** What a server writes about itself to `postmaster.pid`. */
export interface Postmaster {
  pid: number
  /** When it started, in seconds since 1970. With the process id it identifies a server. */
  startedAt: number
  port: number
  ready: boolean
  /** False when the file outlived its server: no process has this id now, or another program has it. */
  running: boolean
}

/**
 * Reads `postmaster.pid`: the process id is in line 1, the start time in line 3, the port in line 4, the state in line 8.
 * https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const file = path.join(cluster, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(ignore('ENOENT'))
  if (text === undefined) return undefined
  if (text === '') return removeEmpty(file)
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const running = Number.isInteger(pid) && pid > 0 && isAlive(pid) && (await isServerOf(cluster, pid))
  const [startedAt, port] = [Number(lines[2]), Number(lines[3])]
  return { pid, startedAt, port, ready: lines[7]?.trim() === 'ready', running }
}

/** A server fills the file as soon as it has created it. A full disk or a power cut can leave it empty for good. */
async function removeEmpty(file: string): Promise<undefined> {
  const made = (await stat(file).catch(ignore('ENOENT')))?.mtimeMs ?? Date.now()
  if (Date.now() - made > 5000) await rm(file, { force: true })
}

/** True when a process has this id, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

/** True when the process is a PostgreSQL server of this folder. */
async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (process.platform === 'win32') return true
  const command = await (process.platform === 'linux' ? commandLine(pid) : commandLineByPs(pid))
  // The flags as launch.ts passes them. Child processes of the server, and a tail of its log, don't have them.
  return command.includes(` -D ${cluster} -c `)
}

const commandLine = async (pid: number) => {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(ignore('ENOENT', 'ESRCH'))
  return text?.replaceAll('\0', ' ') ?? ''
}

const commandLineByPs = async (pid: number) => {
  // ps fails when there is no such process.
  const found = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => undefined,
  )
  return found?.stdout ?? ''
}

/** Waits until the server has ended; false when it still runs after `limit` milliseconds. */
export async function waitForExit(cluster: string, pid: number, limit: number): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end;) {
    const postmaster = await readPostmaster(cluster)
    if (postmaster?.pid !== pid || !postmaster.running) return true
    await sleep(10)
  }
  return false
}
