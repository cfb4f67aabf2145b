// The categories in the menu of every page: read at most twice a second.
import type { RequestHandler } from 'express'
import type { Category, PrismaClient } from '../generated/prisma/client.js'
import { sharedValues } from '../http/shared-value.js'
import { LANGUAGES } from '../messages/index.js'
import { translatedName } from '../messages/translated.js'
import { listCategories } from './products.js'

/** The list of products has the others. */
const MOST = 12

/** A page is shown without its menu rather than not at all. */
export function categoryMenu(prisma: PrismaClient): RequestHandler {
  const share = sharedValues<Category[]>(LANGUAGES.length)
  return async (request, response, next) => {
    if (!request.path.startsWith('/api/')) {
      const categories = await share('', () => listCategories(prisma)).catch(() => [])
      response.locals.menuCategories = categories
        .slice(0, MOST)
        .map((category) => ({ label: translatedName(category), href: categoryHref(category.name) }))
    }
    next()
  }
}

/** The list of a category's products. */
export function categoryHref(name: string): string {
  return `/pricing?${new URLSearchParams({ category: name }).toString()}`
}
