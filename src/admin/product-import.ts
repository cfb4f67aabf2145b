// Imports products from a CSV file: shows first what would change, and changes exactly that. And the export.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { z } from 'zod'
import { userOf } from '../accounts/sign-in.js'
import { applyImport, planImport, readImport } from '../catalog/import/imports.js'
import { exportProducts } from '../catalog/import/export-products.js'
import { MOST_IMPORT_BYTES } from '../catalog/import/read-lines.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { readUploads } from '../http/uploads.js'
import type { AdminDeps } from './admin-deps.js'
import { importPage } from './product-import-view.js'

const PATH = '/admin/products/import'
const ONE = '/admin/products/imports/:importId'
const importId = z.uuid()

export function productImportPages(deps: AdminDeps): Router {
  const { prisma } = deps.database
  const router = Router()

  router.get('/admin/products.csv', async (_request, response) => {
    const { timeZone } = await deps.settings()
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date())
    response.type('text/csv; charset=utf-8').attachment(`products-${day}.csv`)
    await pipeline(Readable.from(exportProducts(prisma)), response).catch((error: unknown) => {
      // Whoever downloads it has left.
      if (!response.destroyed || !response.closed) throw error
    })
  })

  router.get(PATH, (_request, response) => {
    render(response, 'admin/import-products', { error: null })
  })

  router.post(PATH, readUploads({ files: 1, bytesPerFile: MOST_IMPORT_BYTES }), async (request, response) => {
    const [file] = request.uploads ?? []
    const refuse = (error: string) => {
      response.status(422)
      render(response, 'admin/import-products', { error })
    }
    if (!file) {
      refuse('Choose a file.')
      return
    }
    if (file.content === null) {
      refuse(`The file has more than ${MOST_IMPORT_BYTES / 1024 / 1024} MB. Split it.`)
      return
    }
    const { currency, pictureHosts } = await deps.settings()
    const options = { currency, allowedHosts: pictureHosts }
    const by = { fileName: file.name, userId: userOf(request).id }
    const planned = await planImport(prisma, file.content, options, by)
    if ('refused' in planned) refuse(planned.refused)
    else response.redirect(303, `/admin/products/imports/${planned.id}`)
  })

  router.get(ONE, async (request, response) => {
    const found = await readImport(prisma, idOf(request.params.importId))
    if (!found) throw notFound()
    const { timeZone } = await deps.settings()
    render(response, 'admin/product-import', importPage(found, timeZone))
  })

  router.post(ONE, async (request, response) => {
    const id = idOf(request.params.importId)
    await applyImport(prisma, id)
    response.redirect(303, `/admin/products/imports/${id}`)
  })
  return router
}

/** @throws Problem 404 */
function idOf(text: string): string {
  const { data } = importId.safeParse(text)
  if (data === undefined) throw notFound()
  return data
}
