import type { IncomingMessage } from 'node:http'
import { StripeApiError } from './errors.js'

const LARGEST_BODY = 1024 * 1024

/** The whole body as text. Throws for one that is too large, without reading on. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  // The stream stays open after a refusal, so that the answer still reaches a client that is busy sending.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST_BODY) {
      request.resume()
      throw new StripeApiError(413, {
        type: 'invalid_request_error',
        message: 'The request is too large: the sandbox takes bodies of up to 1 MB.',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
