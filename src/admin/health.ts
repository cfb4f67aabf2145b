// The page that says how the shop is doing.
import { Router } from 'express'
import { render } from '../http/render.js'
import type { AdminDeps } from './admin-deps.js'
import { healthSections, processSection } from './health-sections.js'

export function healthPages(deps: AdminDeps): Router {
  const router = Router()
  router.get('/admin/health', async (_request, response) => {
    render(response, 'admin/health', { sections: [...(await healthSections(deps)), processSection(deps)] })
  })
  return router
}
