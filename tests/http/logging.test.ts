// One line for each request that is logged, also when it fails.
import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { expect, it } from 'vitest'
import { answerErrors } from '../../src/http/errors.js'
import { requestLog } from '../../src/http/logging.js'
import { Problem } from '../../src/http/problem.js'

it.each([
  [
    'an error in our code',
    new TypeError('of no use to shoppers'),
    500,
    'internal_error',
    /of no use to shoppers/,
  ],
  [
    'a problem with its cause',
    new Problem(503, 'stripe_unavailable', 'No', 'No.', { cause: new Error('socket hang up') }),
    503,
    'stripe_unavailable',
    /socket hang up/,
  ],
])('%s is one line with its code, stack and request id', async (_what, error, status, code, stack) => {
  const lines: string[] = []
  const app = express()
  app.use(requestLog(pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })))
  app.get('/api/page', () => {
    throw error
  })
  app.use(answerErrors)
  const { headers } = await supertest(app).get('/api/page?token=secret').expect(status)
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
  expect(line).toMatchObject({
    msg: code,
    req: { id: headers['x-request-id'], path: '/api/page' },
    res: { status },
    err: { stack: expect.stringMatching(stack) as string },
  })
  expect(lines[0]).not.toContain('secret')
})
