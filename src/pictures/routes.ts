// Serves stored pictures. An address has the hash of what it shows, so browsers and proxies keep it for good.
import { Router } from 'express'
import type { RawReader } from '../database/direct.js'
import { notFound } from '../http/problem.js'
import { readPictureName } from './picture-address.js'

const A_YEAR_SECONDS = 31_536_000

export function pictureFiles(reader: RawReader): Router {
  const router = Router()
  router.get('/pictures/:file', async (request, response) => {
    const name = readPictureName(request.params.file)
    if (name === null) throw notFound()
    const { hash, width, format } = name
    const [file] = await reader.$queryRaw<{ bytes: Buffer }[]>`/* prepared */
      SELECT bytes FROM "PictureFile" WHERE hash = ${hash} AND width = ${width}::int AND format = ${format} LIMIT 1`
    if (!file) throw notFound()
    response.type(format).set({
      'Cache-Control': `public, max-age=${A_YEAR_SECONDS}, immutable`,
      // Stripe's page loads our pictures.
      'Cross-Origin-Resource-Policy': 'cross-origin',
      ETag: `"${hash}"`,
    })
    response.send(file.bytes)
  })
  return router
}
