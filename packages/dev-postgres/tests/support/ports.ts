// Ports that are free, or taken on purpose.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Listens on a port, any free one by default, until it is released. */
export async function occupyPort(port = 0): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const release = async () => {
    server.close()
    await once(server, 'close')
  }
  return { port: address.port, release }
}

export async function freePort(): Promise<number> {
  const { port, release } = await occupyPort()
  await release()
  return port
}
