// Runs PostgreSQL's programs as the server's user.
import { spawn } from 'node:child_process'
import type { Binaries } from './binaries.js'
import { CannotRunError } from './cannot-run-error.js'
import { isCode } from './errno.js'
import type { Home } from './home.js'

/** Spawn options: the server's user, English messages, and nothing of this process's environment. */
export const programOptions = (home: Home, { lib }: Binaries) => ({
  // The server's user may not be allowed in the current folder.
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
 * @throws Error with the program's output
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
  // A program that ends early doesn't read its input; its output says why it ended.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const ended = await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(cannotRun(program, error)))
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  if (ended === 0) return
  // Containers may run as any user id; PostgreSQL insists on a user name.
  if (output.includes('could not look up effective user ID'))
    throw cannotRun(program, new Error('the user it runs as has no name in /etc/passwd'))
  throw new Error(
    `PostgreSQL could not create its database (${program}: ${String(ended)}):\n${output.trim()}`,
  )
}

export function cannotRun(program: string, cause: Error): CannotRunError {
  // The program exists: the file not found is the loader it names.
  const reason = isCode(cause, 'ENOENT')
    ? 'it needs the GNU C library, which some systems (Alpine Linux) do not have'
    : cause.message
  return new CannotRunError(`PostgreSQL does not run on this system: ${reason} (${program}).`, { cause })
}
