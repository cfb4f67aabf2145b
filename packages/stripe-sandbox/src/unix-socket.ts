// The Unix socket that the official CLI can connect to (STRIPE_CLI_UNIX_SOCKET).
import { chmodSync, lstatSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { platform } from 'node:process'

/** The longest socket path that the system accepts, in bytes, without the terminating zero. */
const LONGEST_SOCKET_PATH = platform === 'linux' ? 107 : 103

/** Windows has named pipes instead, which the CLI cannot use. */
export const HAS_UNIX_SOCKETS = platform !== 'win32'

export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > LONGEST_SOCKET_PATH
}

/**
 * Removes the socket that a killed sandbox left at this path.
 * @throws when the path is too long, is not a socket, or is in use
 */
export async function clearSocket(path: string): Promise<void> {
  if (isTooLong(path)) {
    throw new Error(
      `The path of the socket has ${Buffer.byteLength(path)} bytes; the system allows ${LONGEST_SOCKET_PATH}: ${path}`,
    )
  }
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path} exists and is not a socket. It was not changed.`)
  if (await isAnswered(path)) throw new Error(`${path} is in use by another program.`)
  rmSync(path)
}

/** Only this user may connect to the socket. */
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
