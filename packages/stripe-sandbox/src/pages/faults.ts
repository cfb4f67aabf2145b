// The fault settings for programs.
import express, { Router } from 'express'
import { flatten } from '../faults/faults.js'
import type { PageDeps } from './page-deps.js'

const PATH = '/_sandbox/faults'

/**
 * `GET` returns the settings and how often each fault occurred, `POST` replaces the settings, `DELETE` turns all off.
 * The body is `{"seed":7,"deliveries":{"drop":0.1}}` as JSON, or `seed=7&deliveries.drop=0.1`.
 */
export function faultRoutes({ faults }: PageDeps): Router {
  const router = Router()
  const state = (): object => ({ settings: faults.settings, counts: faults.counts })

  router.get(PATH, (_request, response) => void response.json(state()))

  router.post(PATH, express.json({ limit: '10kb' }), (request, response) => {
    try {
      faults.setFlat(flatten((request.body ?? {}) as object))
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      response.status(400).json({ error: { message: error.message } })
      return
    }
    response.json(state())
  })

  router.delete(PATH, (_request, response) => {
    faults.clear()
    response.json(state())
  })
  return router
}
