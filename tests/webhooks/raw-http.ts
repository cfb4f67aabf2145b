// Writes requests byte by byte to a socket, as no well-behaved client would.
import { connect } from 'node:net'

export interface RawRequest {
  method?: string
  path?: string
  version?: string
  /**
   * Names and values; names may repeat. `Host` and `Content-Length` are added unless given here or listed in
   * `without`.
   */
  headers?: [string, string][]
  body?: Buffer | string
  /** Headers not to add. */
  without?: ('Host' | 'Content-Length')[]
  /** Sends the body in chunks of this size, without a length. */
  chunksOf?: number
  /** Sends pieces of `size` bytes, `every` so many milliseconds. */
  slowly?: { size: number; every: number }
  /** Disconnects after this many bytes of the body. */
  hangUpAfter?: number
  /** A second request in the same packet. */
  followedBy?: RawRequest
}

export interface RawAnswer {
  /** Status of each response on the connection, in order; empty if there was none. */
  statuses: number[]
  headers: string
  /** Body of the last response. */
  body: string
}

/** A connection that is idle this long counts as unanswered. */
const PATIENCE_MS = 3000

/** Sends the request on its own connection and reads until the server closes it. */
export function sendRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.on('data', (data) => (received += data.toString('latin1')))
    // A server that refuses early resets the connection; what was received before counts.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
    socket.on('close', () => resolve(answerOf(received)))
    socket.setTimeout(PATIENCE_MS, () => {
      received += 'HTTP/1.1 000 no answer'
      socket.destroy()
    })
    socket.on('connect', () => {
      write(socket, request).catch(reject)
    })
  })
}

async function write(socket: ReturnType<typeof connect>, request: RawRequest): Promise<void> {
  const body = Buffer.from(request.body ?? '')
  const { followedBy, hangUpAfter, slowly } = request
  const head = headOf(request, body.length, followedBy !== undefined)
  if (hangUpAfter !== undefined) {
    socket.write(head)
    socket.write(body.subarray(0, hangUpAfter), () => socket.destroy())
  } else if (slowly) {
    socket.write(head)
    for (let sent = 0; sent < body.length; sent += slowly.size) {
      socket.write(body.subarray(sent, sent + slowly.size))
      await new Promise((resolve) => setTimeout(resolve, slowly.every))
    }
  } else {
    const rest = followedBy
      ? [
          Buffer.from(headOf(followedBy, Buffer.from(followedBy.body ?? '').length, false)),
          followedBy.body ?? '',
        ]
      : []
    const parts = [head, request.chunksOf ? chunked(body, request.chunksOf) : body, ...rest]
    socket.write(Buffer.concat(parts.map((part) => Buffer.from(part))))
  }
}

function headOf(request: RawRequest, length: number, keepAlive: boolean): string {
  const {
    method = 'POST',
    path = '/stripe/webhook',
    version = 'HTTP/1.1',
    headers = [],
    without = [],
  } = request
  const has = (name: string) =>
    without.some((left) => left === name) ||
    headers.some(([given]) => given.toLowerCase() === name.toLowerCase())
  const all: [string, string][] = [
    ...(has('Host') ? [] : [['Host', '127.0.0.1'] as [string, string]]),
    ...headers,
    ...(request.chunksOf
      ? [['Transfer-Encoding', 'chunked'] as [string, string]]
      : has('Content-Length')
        ? []
        : [['Content-Length', String(length)] as [string, string]]),
    ['Connection', keepAlive ? 'keep-alive' : 'close'],
  ]
  return `${method} ${path} ${version}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = []
  for (let start = 0; start < body.length; start += size) {
    const chunk = body.subarray(start, start + size)
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

function answerOf(received: string): RawAnswer {
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
  const last = received.slice(Math.max(0, received.lastIndexOf('HTTP/1.1 ')))
  const end = last.indexOf('\r\n\r\n')
  return {
    statuses,
    headers: last.slice(0, end),
    body: Buffer.from(last.slice(end + 4), 'latin1').toString(),
  }
}
