// A TCP proxy that drops responses: the request is executed, but the client gets no answer.
import { connect, createServer, type Socket } from 'node:net'

export interface LosingProxy {
  url: string
  /** Drops each response with this probability (0 to 1) from now on. */
  lose(chance: number): void
  /** Number of dropped responses. */
  readonly lost: number
  close(): Promise<void>
}

export function openLosingProxy(target: URL): Promise<LosingProxy> {
  const sockets = new Set<Socket>()
  let chance = 0
  let lost = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
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
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (Math.random() >= chance) {
        client.write(chunk)
        return
      }
      lost += 1
      client.destroy()
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve({
        url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
        lose: (wanted) => (chance = wanted),
        get lost() {
          return lost
        },
        close: () => {
          for (const socket of sockets) socket.destroy()
          return new Promise((closed) => server.close(() => closed()))
        },
      })
    })
  })
}
