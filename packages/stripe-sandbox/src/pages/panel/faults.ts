// The panel's page of faults.
import { Router, type Request, type Response } from 'express'
import { FAULT_RULES } from '../../faults/settings.js'
import type { PageDeps } from '../page-deps.js'
import { shell } from './shell.js'

/** Shows every fault, its setting, and how often it occurred. */
export function faultPages(parts: PageDeps): Router {
  const { faults } = parts
  const router = Router()

  const show = (
    request: Request,
    response: Response,
    typed?: Record<string, unknown>,
    problem?: string,
  ): void => {
    const { counts, settings } = faults
    const groups = [
      { title: 'Deliveries', prefix: 'deliveries.' },
      { title: 'The API', prefix: 'api.' },
    ]
    response.render('panel/faults', {
      ...shell(parts, request, parts.account, 'faults'),
      title: 'Faults',
      problem: problem ?? null,
      seed: typed?.seed ?? settings.seed,
      groups: groups.map(({ title, prefix }) => ({
        title,
        rules: FAULT_RULES.filter((rule) => rule.name.startsWith(prefix)).map((rule) => ({
          ...rule,
          value: typed?.[rule.name] ?? faults.valueOf(rule.name),
          struck: counts[rule.name] ?? 0,
        })),
      })),
    })
  }

  router.get('/faults', (request, response) => show(request, response))

  router.post('/faults', (request, response) => {
    const { clear, ...given } = (request.body ?? {}) as Record<string, unknown>
    try {
      faults.setFlat(clear === undefined ? given : {})
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      response.status(400)
      show(request, response, given, error.message)
      return
    }
    response.redirect(303, '/faults')
  })
  return router
}
