// Rejects requests that contain a NUL byte, which PostgreSQL can't store in text.
import type { RequestHandler } from 'express'
import { t } from '../messages/index.js'
import { badRequest } from './problem.js'

/** Mount after the body parsers. @throws Problem 400 */
export const refuseNullBytes: RequestHandler = (request, _response, next) => {
  const body = request.body === undefined ? '' : textOf(request.body)
  if (/%00/.test(request.originalUrl) || body.includes('\\u0000')) {
    throw badRequest('malformed_request', t().errors.nullByte)
  }
  next()
}

function textOf(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw badRequest('malformed_request', t().errors.nestedBody)
  }
}
