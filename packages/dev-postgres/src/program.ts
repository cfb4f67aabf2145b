import { spawn } from 'node:child_process'
import type { Binaries } from './binaries.js'
import { isCode } from './errno.js'
import type { Home } from './home.js'

/** How PostgreSQL's programs run: as the server's user, with nothing of our environment, in English. */
export const programOptions = (home: Home, { lib }: Binaries) => ({
  // The folder we are in may be closed to that user.
  cwd: '/',
  env: {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(process.platform === 'win32' ? {} : { LD_LIBRARY_PATH: lib }),
  },
  ...home.user,
})

/**
 * Runs a program to its end.
 * @throws Error with what it said
 */
export async function run(
  home: Home,
  programs: Binaries,
  program: string,
  flags: string[],
  input = '',
): Promise<void> {
  const child = spawn(program, flags, programOptions(home, programs))
  let output = ''
  const collect = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  // A program that ends early does not read what it is told; its own words say why.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)))
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  if (ended === 0) return
  // A container may be run as any number; PostgreSQL wants to know the name.
  if (output.includes('could not look up effective user ID'))
    throw cannotRun(program, new Error('the user it runs as has no name, for want of a line in /etc/passwd'))
  throw new Error(
    `The embedded PostgreSQL could not make its database (${program}: ${String(ended)}):\n${output.trim()}`,
  )
}

export function cannotRun(program: string, cause: Error): Error {
  // The file is there: what is not found is the loader that it names.
  const reason = isCode(cause, 'ENOENT')
    ? 'it needs the GNU C library, which Alpine, for one, does not have'
    : cause.message
  return new Error(
    `The embedded PostgreSQL does not run on this system: ${reason} (${program}). Set DATABASE_URL to a PostgreSQL 15 or newer.`,
    { cause },
  )
}
