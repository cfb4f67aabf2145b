// A file that names the server someone stopped on purpose, so that the processes using it don't start it again.
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** A server's process id and start time: the id alone may be given to a later server. */
interface ServerIdentity {
  pid: number
  startedAt: number
}

const fileIn = (cluster: string) => path.join(cluster, 'stopped')
const format = ({ pid, startedAt }: ServerIdentity) => `${pid} ${startedAt}\n`

/** Call this before stopping the server. */
export async function markStopped(cluster: string, server: ServerIdentity): Promise<void> {
  // The one of last time may be root's, which the owner of the folder can replace but not write to.
  await rm(fileIn(cluster), { force: true })
  await writeFile(fileIn(cluster), format(server))
  // Root may write it for another user, who must be able to read it.
  await chmod(fileIn(cluster), 0o644)
}

export async function wasStopped(cluster: string, server: ServerIdentity): Promise<boolean> {
  const text = await readFile(fileIn(cluster), 'utf8').catch(() => undefined)
  return text === format(server)
}
