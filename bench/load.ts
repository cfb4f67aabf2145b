// Load generator: each connection sends its next request once the last one is answered. It uses plain sockets and
// prepared requests, so that the client's cost does not hide the server's.
import { connect } from 'node:net'

export interface Answer {
  status: number
  milliseconds: number
  /** Bytes of the body as transferred. */
  length: number
  /** The Location header of a redirect. */
  location: string | null
}

export interface Load {
  /** In request order. */
  answers: Answer[]
  seconds: number
}

const END_OF_HEAD = '\r\n\r\n'
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** Builds the bytes of a request. */
export function httpRequest(
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Buffer {
  const lines = Object.entries({
    Host: '127.0.0.1',
    ...headers,
    ...(method === 'POST' && { 'Content-Length': String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

/** Yields the same request until the time is over. */
export function* repeat(request: Buffer, seconds: number): Generator<Buffer> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) yield request
}

/**
 * Sends the requests and resolves when all are answered.
 * @throws Error when a response has another status than `expected`, or a connection breaks
 */
export async function load(
  port: number,
  connections: number,
  requests: Iterable<Buffer>,
  expected: number,
): Promise<Load> {
  const queue: Iterator<Buffer, unknown> = requests[Symbol.iterator]()
  const answers: Answer[] = []
  let sent = 0
  const next = (): Job | null => {
    const step = queue.next()
    if (step.done === true) return null
    const index = sent++
    return {
      bytes: step.value,
      take(answer, text) {
        if (answer.status !== expected)
          throw new Error(
            `Request ${index + 1} was answered ${answer.status} instead of ${expected}:\n${text.toString('utf8', 0, 2000)}`,
          )
        answers[index] = answer
      },
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, () => work(port, next)))
  return { answers, seconds: (performance.now() - began) / 1000 }
}

interface Job {
  bytes: Buffer
  take(answer: Answer, text: Buffer): void
}

function work(port: number, next: () => Job | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let job: Job | null = null
    let sentAt = 0
    let received: Buffer = Buffer.alloc(0)
    const send = () => {
      job = next()
      if (job === null) {
        socket.end()
        resolve()
        return
      }
      sentAt = performance.now()
      socket.write(job.bytes)
    }
    socket.on('connect', send)
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const answer = read(received)
      if (answer === null || job === null) return
      const text = received
      received = Buffer.alloc(0)
      try {
        job.take({ ...answer, milliseconds: performance.now() - sentAt }, text)
        send()
      } catch (error) {
        socket.destroy()
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('The server closed a connection before it had answered.')))
  })
}

/** Parses a response. Null until it is complete. */
function read(received: Buffer): Omit<Answer, 'milliseconds'> | null {
  const end = received.indexOf(END_OF_HEAD)
  if (end === -1) return null
  const head = received.toString('latin1', 0, end + 2)
  const length = received.length - end - END_OF_HEAD.length
  const announced = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  const isWhole =
    announced === undefined
      ? received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
      : length >= Number(announced)
  if (!isWhole) return null
  const status = Number(head.slice(9, 12))
  const location = status >= 300 && status < 400 ? /\r\nlocation: (.*)\r\n/i.exec(head)?.[1] : undefined
  return { status, length, location: location ?? null }
}
