// The API's documentation: OpenAPI for programs, a page for people.
import { Router, type Response } from 'express'
import { render } from '../http/render.js'

/** @param cookieName name of the session cookie */
export function apiDocumentRoutes(baseUrl: string, cookieName: string): Router {
  let made: ReturnType<typeof make> | undefined
  // Few read it: it is made for the first who does, and not at every start.
  const documents = () => (made ??= make(baseUrl, cookieName))
  const router = Router()

  router.get('/api/openapi.json', async (_request, response) => {
    const { document } = await documents()
    response.json({ ...document, info: { ...document.info, title: titleOf(response) } })
  })

  router.get('/api/docs', async (_request, response) => {
    const { page } = await documents()
    render(response, 'api/docs', { ...page, heading: titleOf(response) })
  })
  return router
}

async function make(baseUrl: string, cookieName: string) {
  const [{ openApiDocument }, { docsPage }] = await Promise.all([
    import('./document.js'),
    import('./docs-page.js'),
  ])
  const document = openApiDocument(baseUrl, cookieName)
  return { document, page: docsPage(document) }
}

const titleOf = ({ locals }: Response) => `${locals.shopName ?? ''} API`.trim()
