import { execFile } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ignore } from './errno.js'

/** What a server says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number
  port: number
  ready: boolean
  /** False when the file outlived its server: the process is gone, or its number belongs to another program now. */
  running: boolean
}

/**
 * Reads `postmaster.pid`: the process, then the port in line 4 and the state in line 8.
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
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready', running }
}

/** A server writes the file as soon as it has made it; one that stays empty is what a full disk or a power cut left. */
async function removeEmpty(file: string): Promise<undefined> {
  const made = (await stat(file).catch(ignore('ENOENT')))?.mtimeMs ?? Date.now()
  if (Date.now() - made > 5000) await rm(file, { force: true })
}

/** True when a process with this number exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** True when the process is a PostgreSQL that was started on this folder. */
async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (process.platform === 'win32') return true
  const command = await (process.platform === 'linux' ? commandLine(pid) : commandLineByPs(pid))
  // As launch.ts starts it. Only the server itself: its processes, and a tail of its log, go by other lines.
  return command.includes(` -D ${cluster} -c `)
}

const commandLine = async (pid: number) => {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(ignore('ENOENT', 'ESRCH'))
  return words?.replaceAll('\0', ' ') ?? ''
}

const commandLineByPs = async (pid: number) => {
  // It fails when there is no such process.
  const found = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(pid)]).catch(
    () => undefined,
  )
  return found?.stdout ?? ''
}

/** Waits until the server is gone; false when it still runs after `patience` milliseconds. */
export async function waitForExit(cluster: string, pid: number, patience: number): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const postmaster = await readPostmaster(cluster)
    if (postmaster?.pid !== pid || !postmaster.running) return true
    await sleep(10)
  }
  return false
}
