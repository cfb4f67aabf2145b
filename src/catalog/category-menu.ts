// The categories in the menu of every page: read at most twice a second.
import type { RequestHandler } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { sharedValues } from '../http/shared-value.js'
import { listCategories } from './products.js'

/** The list of products has the others. */
const MOST = 12

/** A page is shown without its menu rather than not at all. */
export function categoryMenu(prisma: PrismaClient): RequestHandler {
  const share = sharedValues<string[]>(1)
  return async (request, response, next) => {
    if (!request.path.startsWith('/api/')) {
      const names = await share('', () => listCategories(prisma)).catch(() => [])
      response.locals.menuCategories = names
        .slice(0, MOST)
        .map((name) => ({ label: name, href: categoryHref(name) }))
    }
    next()
  }
}

/** The list of a category's products. */
export function categoryHref(name: string): string {
  return `/pricing?${new URLSearchParams({ category: name }).toString()}`
}
