// The API's documentation: OpenAPI for programs, a page for people.
import { Router, type Response } from 'express'
import { render } from '../http/render.js'
import { docsPage } from './docs-page.js'
import { openApiDocument } from './document.js'

/** @param cookieName name of the session cookie */
export function apiDocumentRoutes(baseUrl: string, cookieName: string): Router {
  const document = openApiDocument(baseUrl, cookieName)
  const page = docsPage(document)
  const router = Router()

  router.get('/api/openapi.json', (_request, response) => {
    response.json({ ...document, info: { ...document.info, title: titleOf(response) } })
  })

  router.get('/api/docs', (_request, response) => {
    render(response, 'api/docs', { ...page, heading: titleOf(response) })
  })
  return router
}

const titleOf = ({ locals }: Response) => `${locals.shopName ?? ''} API`.trim()
