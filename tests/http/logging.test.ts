// One line for each request that is logged, also when it fails, without secrets.
import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { expect, it } from 'vitest'
import { answerErrors } from '../../src/http/errors.js'
import { loggedPath, requestLog } from '../../src/http/logging.js'
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

it.each([
  '/password/reset/SECRET',
  '/Password/Reset/SECRET?x=1',
  '//password//reset//SECRET',
  '/password/reset%2FSECRET',
  '/%70assword/%72eset/SECRET',
  '/%2570assword/%2572eset/SECRET',
  '/password/reset%5CSECRET',
  '/password/reset/SECRET/more',
  'http://127.0.0.1:3000/password/reset/SECRET',
  '/email/verify/SECRET',
  '/EMAIL/VERIFY/SECRET#x',
])('the token of %s is not logged', (url) => {
  expect(loggedPath(url)).not.toContain('SECRET')
  expect(loggedPath(url)).toMatch(/…$/)
})

it.each([
  ['/orders/ord_abc/pay?x=secret', '/orders/ord_abc/pay'],
  ['/pricing/%E0%A4%A', '/pricing/%E0%A4%A'],
  ['/password/forgot', '/password/forgot'],
  ['/pricing/1', '/pricing/1'],
])('%s is logged as %s', (url, path) => {
  expect(loggedPath(url)).toBe(path)
})
