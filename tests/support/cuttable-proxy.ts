// A TCP proxy that can be disconnected: simulates a database outage.
import { connect, createServer, type Socket } from 'node:net'

export interface CuttableProxy {
  port: number
  /** Closes every connection and refuses new ones. */
  cut(): void
  join(): void
  close(): Promise<void>
}

export function openProxy(target: { host: string; port: number }): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect(target.port, target.host)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const cut = () => {
        isCut = true
        for (const socket of sockets) socket.destroy()
      }
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        cut,
        join: () => (isCut = false),
        close: () => {
          cut()
          return new Promise((closed) => server.close(() => closed()))
        },
      })
    })
  })
}
