// Reads the raw bytes of a delivery: the signature covers exactly these.
import type { IncomingMessage } from 'node:http'
import { Problem } from '../http/problem.js'

/** Stripe's largest events have tens of kilobytes. */
const MAX_BYTES = 1024 * 1024

/** @throws Problem 413 if the body is too large, 415 if it is compressed, 400 if the request ends early */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new Problem(415, 'unsupported_encoding', 'Not accepted', 'Send the body uncompressed.')
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_BYTES) {
        request.pause()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    const ended = () =>
      reject(
        new Problem(
          400,
          'request_aborted',
          'Not accepted',
          'The request ended before its body was complete.',
        ),
      )
    request.once('aborted', ended)
    request.once('error', ended)
  })
}

function tooLarge(): Problem {
  return new Problem(413, 'body_too_large', 'Not accepted', 'The request is larger than any event of Stripe.')
}
