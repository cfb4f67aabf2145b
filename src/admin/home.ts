// The first page of the admin.
import { Router } from 'express'
import { render } from '../http/render.js'
import type { AdminDeps } from './admin-deps.js'
import { listIncidents } from '../incidents/incidents.js'
import { formatDateTime } from './times.js'

const SHOWN = 20

export function homePages({ database, settings }: AdminDeps): Router {
  const router = Router()
  router.get('/admin', async (_request, response) => {
    const [{ timeZone }, incidents] = await Promise.all([
      settings(),
      listIncidents(database.prisma, { open: true, limit: SHOWN }),
    ])
    render(response, 'admin/home', {
      incidents: incidents.map(({ id, message, createdAt }) => ({
        id,
        message,
        at: formatDateTime(createdAt, timeZone),
      })),
    })
  })
  return router
}
