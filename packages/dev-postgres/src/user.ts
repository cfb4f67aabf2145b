// The user the server runs as, and what that user may enter and run.
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** A user the server runs as that is not the user of this process. */
export interface ServerUser {
  uid: number
  gid: number
}

export const isRoot = () => process.getuid?.() === 0

/** The user for the server of root, as PostgreSQL refuses to run as root. Every system has this one. */
export async function nobody(): Promise<ServerUser> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}

/** True when the user may enter the folder and every folder above it. */
export async function canEnter(user: ServerUser, folder: string): Promise<boolean> {
  const above = path.dirname(folder)
  return (await may(user, folder, 0o1)) && (above === folder || (await canEnter(user, above)))
}

/** True when the user may read the file and run it, or the folder and enter it. */
export async function canUse(user: ServerUser, file: string): Promise<boolean> {
  return (await may(user, file, 0o5)) && (await canEnter(user, path.dirname(file)))
}

async function may(user: ServerUser, file: string, bits: number): Promise<boolean> {
  const { uid, gid, mode } = await stat(file)
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
  return ((mode >> shift) & bits) === bits
}
