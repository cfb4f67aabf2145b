// What search engines may read: robots.txt, and the addresses of all pages in sitemap.xml.
import { Router, type Response } from 'express'
import type { Database } from '../database/client.js'
import { notFound } from '../http/problem.js'
import { isPolicy, policyPath } from '../policies/policies.js'
import type { ReadSettings } from '../settings/settings.js'
import { categoryHref } from './category-menu.js'
import { listCategories } from './products.js'

/** The most addresses of one file: https://www.sitemaps.org/protocol.html. The first one also has the other pages. */
const MOST_PRODUCTS = 49_000
const MOST_CATEGORIES = 900

/** Pages of one shopper, and lists that say nothing new. */
const NOT_FOR_ROBOTS = [
  '/account',
  '/admin',
  '/api/',
  '/cart',
  '/checkout',
  '/dev/',
  '/email/',
  '/login',
  '/operators/',
  '/orders',
  '/password',
  '/payment-success',
  '/pricing?*q=',
  '/register',
]

export function sitemapRoutes(
  { prisma, direct }: Pick<Database, 'prisma' | 'direct'>,
  settings: ReadSettings,
  baseUrl: string,
): Router {
  const router = Router()

  router.get('/robots.txt', (_request, response) => {
    const rules = NOT_FOR_ROBOTS.map((path) => `Disallow: ${path}`)
    response.set('Cache-Control', 'public, max-age=3600')
    response
      .type('text/plain')
      .send(`User-agent: *\n${rules.join('\n')}\n\nSitemap: ${baseUrl}/sitemap.xml\n`)
  })

  router.get('/sitemap.xml', async (_request, response) => {
    const files = await countFiles()
    if (files > 1) sendXml(response, 'sitemapindex', 'sitemap', numbered(files).map(fileHref))
    else sendXml(response, 'urlset', 'url', await addressesIn(1))
  })

  // Each has a range of ids, so that a file costs the same however many products there are.
  router.get('/sitemap-:number.xml', async (request, response) => {
    const number = /^[1-9]\d{0,4}$/.test(request.params.number) ? Number(request.params.number) : 0
    if (number < 1 || number > (await countFiles())) throw notFound()
    sendXml(response, 'urlset', 'url', await addressesIn(number))
  })

  async function countFiles(): Promise<number> {
    const [row] = await direct.$queryRaw<{ id: number | null }[]>`
      SELECT id FROM "Product" WHERE NOT "offSale" ORDER BY id DESC LIMIT 1`
    return Math.max(1, Math.ceil((row?.id ?? 0) / MOST_PRODUCTS))
  }

  async function addressesIn(file: number): Promise<string[]> {
    const products = await direct.$queryRaw<{ id: number }[]>`
      SELECT id FROM "Product" WHERE NOT "offSale" AND id > ${(file - 1) * MOST_PRODUCTS}::int
        AND id <= ${file * MOST_PRODUCTS}::int ORDER BY id DESC`
    const paths = products.map(({ id }) => `/pricing/${id}`)
    return file === 1 ? [...(await otherPages()), ...paths] : paths
  }

  async function otherPages(): Promise<string[]> {
    const [{ policies }, categories] = await Promise.all([settings(), listCategories(prisma)])
    return [
      '/pricing',
      ...categories.slice(0, MOST_CATEGORIES).map(categoryHref),
      ...policies.filter(isPolicy).map((slug) => policyPath(slug)),
    ]
  }

  function sendXml(response: Response, list: string, entry: string, paths: readonly string[]): void {
    const entries = paths.map((path) => `<${entry}><loc>${escapeXml(baseUrl + path)}</loc></${entry}>\n`)
    response.set('Cache-Control', 'public, max-age=3600')
    response
      .type('application/xml')
      .send(
        `<?xml version="1.0" encoding="UTF-8"?>\n<${list} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries.join('')}</${list}>\n`,
      )
  }
  return router
}

const numbered = (count: number) => Array.from({ length: count }, (_none, index) => index + 1)
const fileHref = (number: number) => `/sitemap-${number}.xml`

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
