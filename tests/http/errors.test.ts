import { describe, expect, it } from 'vitest'
import { asProblem, problemJson } from '../../src/http/errors.js'
import { notFound, Problem, tooMany } from '../../src/http/problem.js'

describe('an error becomes a problem response', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' })

  it.each<[string, unknown, number, string]>([
    ['a Problem', notFound('product'), 404, 'product_not_found'],
    ['a body that is too large', { type: 'entity.too.large', status: 413 }, 413, 'body_too_large'],
    ['a body that is not JSON', { type: 'entity.parse.failed', status: 400 }, 400, 'malformed_body'],
    [
      'a body with an unsupported encoding',
      { type: 'encoding.unsupported', status: 415 },
      415,
      'unsupported_encoding',
    ],
    ['another client error', { status: 400 }, 400, 'malformed_request'],
    ['a database that does not answer', refused, 503, 'database_unavailable'],
    ['an error in our code', new TypeError('secret of the code'), 500, 'internal_error'],
    ['a status on an unknown error', { status: 404 }, 500, 'internal_error'],
  ])('%s', (_what, error, status, code) => {
    const problem = asProblem(error)
    expect(problem).toMatchObject({ status, code })
    expect(`${problem.title} ${problem.detail}`).not.toMatch(/secret|ECONN|10\.1/)
  })

  it('an unreachable database adds Retry-After', () => {
    expect(asProblem(refused).options.retryAfter).toBe(5)
  })
})

describe('problem details (RFC 9457)', () => {
  it('contain the stable code and the request id, and omit empty fields', () => {
    const errors = [{ field: 'quantity', detail: 'Whole numbers only.' }]
    const problem = new Problem(422, 'invalid', 'That did not work', 'Look again.', { errors })
    expect(JSON.parse(problemJson(problem, 'req_1'))).toEqual({
      type: 'about:blank',
      title: 'That did not work',
      status: 422,
      detail: 'Look again.',
      code: 'invalid',
      errors,
      request_id: 'req_1',
    })
    expect(JSON.parse(problemJson(notFound(), undefined))).not.toHaveProperty('request_id')
  })

  it.each([
    [0, 1],
    [0.2, 1],
    [59.1, 60],
  ])('too many tries, next in %d s: Retry-After %d', (seconds, retryAfter) => {
    expect(tooMany('Wait.', seconds)).toMatchObject({ status: 429, options: { retryAfter } })
  })
})
