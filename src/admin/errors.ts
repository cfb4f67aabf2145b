// Errors on the operator's pages, in the words meant for operators.
import type { ErrorRequestHandler } from 'express'
import { asProblem } from '../http/errors.js'
import { render } from '../http/render.js'
import { pageBefore } from './admin-path.js'

// Express tells error handlers by their four parameters.
export const answerErrors: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) {
    next(error)
    return
  }
  const problem = asProblem(error)
  if (problem.status >= 500) response.err = problem
  else request.log.info({ code: problem.code, reason: problem.detail }, 'refused')
  if (problem.options.retryAfter) response.set('Retry-After', String(problem.options.retryAfter))
  response.status(problem.status)
  render(response, 'admin/error', {
    title: problem.title,
    text: problem.options.forOperator ?? problem.detail,
    backHref: pageBefore(request),
    requestId: response.get('x-request-id') ?? '',
  })
}
