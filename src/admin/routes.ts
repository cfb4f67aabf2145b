// The operator's pages: who may open them, and the routers of their parts.
import { Router, type RequestHandler } from 'express'
import { actAs } from '../audit/actor.js'
import { notFound } from '../http/problem.js'
import { isOperator } from '../operators/roles.js'
import type { AdminDeps } from './admin-deps.js'
import { answerErrors } from './errors.js'
import { homePages } from './home.js'

/** What operators see, in the order of the navigation. */
const PARTS = [homePages]

/** All paths begin with /admin. Visitors who are no operators get the page of an unknown address. */
export function adminPages(deps: AdminDeps): Router {
  const router = Router()
  router.use('/admin', operatorsOnly, onBehalf)
  for (const pages of PARTS) router.use(pages(deps))
  router.use('/admin', () => {
    throw notFound()
  })
  router.use('/admin', answerErrors)
  return router
}

const operatorsOnly: RequestHandler = (request, response, next) => {
  // Past this router's own page for errors.
  if (!isOperator(request.user)) {
    next('router')
    return
  }
  response.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' })
  next()
}

/** Entries of the audit log name the operator. */
const onBehalf: RequestHandler = (request, response, next) => {
  const requestId = response.get('x-request-id') ?? null
  const userId = request.user?.id ?? null
  actAs({ kind: 'operator', userId, address: request.ip ?? null, requestId }, () => next())
}
