// Reads the body of a request, up to a limit.
import type { IncomingMessage } from 'node:http'
import { StripeApiError } from './errors.js'

/** In megabytes: of a request with parameters, and of an upload. */
const LARGEST_BODY = 1
const LARGEST_UPLOAD = 16

/**
 * The whole body.
 * @throws StripeApiError when it is too large; the rest is not read
 */
export async function readBody(request: IncomingMessage, isUpload: boolean): Promise<Buffer> {
  const megabytes = isUpload ? LARGEST_UPLOAD : LARGEST_BODY
  const chunks: Buffer[] = []
  let length = 0
  // The stream stays open after a refusal, so that a client that is still sending gets the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > megabytes * 1024 * 1024) {
      request.resume()
      throw new StripeApiError(413, {
        type: 'invalid_request_error',
        message: `The request is too large: the sandbox accepts bodies of up to ${megabytes} MB.`,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
