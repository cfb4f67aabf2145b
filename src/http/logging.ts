// The log: one line per request, with the id that the response carries. Never a body, a query string or a reset token.
import { randomUUID } from 'node:crypto'
import { pino, type Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import pretty from 'pino-pretty'
import { Problem } from './problem.js'

export type { Logger } from 'pino'

/** Logs JSON lines, or readable ones in development on a terminal. */
export function createLogger(level: string, production: boolean): Logger {
  if (production || !process.stdout.isTTY) return pino({ level })
  return pino({ level }, pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }))
}

export function requestLog(logger: Logger) {
  return pinoHttp({
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
        path: request.url.replace(/\?.*$/, '').replace(/^\/password\/reset\/.+/, '/password/reset/…'),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  })
}
