// Reads the body of a request, up to a limit.
import type { IncomingMessage } from 'node:http'
import { StripeApiError } from './errors.js'

const LARGEST_BODY = 1024 * 1024

/**
 * The whole body as text.
 * @throws StripeApiError when it is too large; the rest is not read
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  // The stream stays open after a refusal, so that a client that is still sending gets the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > LARGEST_BODY) {
      request.resume()
      throw new StripeApiError(413, {
        type: 'invalid_request_error',
        message: 'The request is too large: the sandbox accepts bodies of up to 1 MB.',
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
