// A second way in, for programs that are told of a file in place of a port: STRIPE_CLI_UNIX_SOCKET of the official CLI.
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { platform } from 'node:process'

/** How long the path of a socket may be, in bytes: what the system's address holds, less the zero at its end. */
export const longestSocketPath = platform === 'linux' ? 107 : 103

/** Windows has named pipes, which the CLI does not dial. */
export const HAS_UNIX_SOCKETS = platform !== 'win32'

export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > longestSocketPath
}

/**
 * Removes what a killed sandbox left at this path.
 * @throws when something else is there, or a program that is alive
 */
export async function clearSocket(path: string): Promise<void> {
  if (isTooLong(path)) {
    throw new Error(
      `The path of the socket has ${Buffer.byteLength(path)} bytes, and the system allows ${longestSocketPath}: ${path}`,
    )
  }
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path} is there and is no socket. It was left alone.`)
  if (await isAnswered(path)) throw new Error(`${path} is in use by another program.`)
  rmSync(path)
}

/** What is listened to is for this user alone. */
export function keepPrivate(path: string): void {
  chmodSync(path, 0o600)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = connect(path)
    attempt.on('connect', () => {
      attempt.destroy()
      resolve(true)
    })
    attempt.on('error', () => resolve(false))
  })
}
