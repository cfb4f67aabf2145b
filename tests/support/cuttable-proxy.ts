// A TCP proxy that can be disconnected or fall silent: simulates a database outage.
import { connect, createServer, type Socket } from 'node:net'

export interface CuttableProxy {
  port: number
  /** Closes every connection and refuses new ones. */
  cut(): void
  /**
   * Stops forwarding on every open connection, for good, and leaves it open: a failover without a reset. With "open and
   * new", connections made until `join` are accepted and never answered.
   */
  silence(which: 'open' | 'open and new'): void
  join(): void
  close(): Promise<void>
}

export function openProxy(target: { host: string; port: number }): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  let isSilent = false
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    if (isSilent) {
      sockets.add(client)
      client.on('error', () => undefined).on('close', () => sockets.delete(client))
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
        silence: (which) => {
          isSilent = which === 'open and new'
          for (const socket of sockets) socket.unpipe().pause()
        },
        join: () => {
          isCut = false
          isSilent = false
        },
        close: () => {
          cut()
          return new Promise((closed) => server.close(() => closed()))
        },
      })
    })
  })
}
