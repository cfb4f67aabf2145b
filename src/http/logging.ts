// The log: one line per request, with the id that the response carries. Never a body, a query string or a token of a link.
import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { pino, type Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import pretty from 'pino-pretty'
import { Problem } from './problem.js'
import { withRequestId } from './request-id.js'

export type { Logger } from 'pino'

/** "level": "info", where pino writes a number. */
const WITH_LEVEL_NAMES = { formatters: { level: (label: string) => ({ level: label }) } }

/** Logs JSON lines, or readable ones in development on a terminal. */
export function createLogger(level: string, production: boolean): Logger {
  if (production || !process.stdout.isTTY) return pino({ level, ...WITH_LEVEL_NAMES })
  return pino({ level }, pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }))
}

export function requestLog(logger: Logger): RequestHandler {
  const logged = pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID()
      response.setHeader('X-Request-Id', id)
      return id
    },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
    customErrorMessage: (_request, _response, error) => (error instanceof Problem ? error.code : 'failed'),
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: loggedPath(request.url),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  })
  return (request, response, next) => {
    logged(request, response, () => withRequestId(String(response.getHeader('x-request-id')), () => next()))
  }
}

/** What follows these words in a path is the token of a mailed link. */
const BEFORE_TOKEN = /(reset|verify|invitation|email\/+change)[^a-z].*$/is

/** The path without its query string and tokens, however it is spelled. */
export function loggedPath(url: string): string {
  const path = url.replace(/[?#].*$/s, '')
  let decoded = path
  // Encoded more than once, a path is not found, but is logged.
  for (let times = 0; times < 5 && decoded.includes('%'); times++)
    decoded = decoded.replace(/%([0-7][\da-f])/gi, (_encoded, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    )
  return BEFORE_TOKEN.test(decoded) ? decoded.replace(BEFORE_TOKEN, '$1/…') : path
}
