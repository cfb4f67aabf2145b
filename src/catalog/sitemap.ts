// What search engines may read: robots.txt, and the addresses of all pages in sitemap.xml.
import { Router, type Response } from 'express'
import type { Database } from '../database/client.js'
import { prefixOf } from '../http/language-paths.js'
import { notFound } from '../http/problem.js'
import { LANGUAGES } from '../messages/index.js'
import { isPolicy, policyPath } from '../policies/policies.js'
import type { ReadSettings } from '../settings/read-settings.js'
import { categoryHref } from './category-menu.js'
import { listCategories } from './products.js'

/**
 * A file has at most 50,000 addresses: https://www.sitemaps.org/protocol.html. Each page has one in every language, and the first
 * file also has the pages of other things than products.
 */
const MOST_PRODUCTS = Math.floor(49_000 / LANGUAGES.length)
const MOST_CATEGORIES = Math.floor(900 / LANGUAGES.length)

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
    if (files > 1) sendXml(response, 'sitemapindex', numbered(files).map(indexEntry))
    else sendXml(response, 'urlset', (await pathsIn(1)).flatMap(pageEntries))
  })

  // Each has a range of ids, so that a file costs the same however many products there are.
  router.get('/sitemap-:number.xml', async (request, response) => {
    const number = /^[1-9]\d{0,4}$/.test(request.params.number) ? Number(request.params.number) : 0
    if (number < 1 || number > (await countFiles())) throw notFound()
    sendXml(response, 'urlset', (await pathsIn(number)).flatMap(pageEntries))
  })

  async function countFiles(): Promise<number> {
    const [row] = await direct.$queryRaw<{ id: number | null }[]>`
      SELECT id FROM "Product" WHERE NOT "offSale" ORDER BY id DESC LIMIT 1`
    return Math.max(1, Math.ceil((row?.id ?? 0) / MOST_PRODUCTS))
  }

  async function pathsIn(file: number): Promise<string[]> {
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
      ...categories.slice(0, MOST_CATEGORIES).map(({ name }) => categoryHref(name)),
      ...policies.filter(isPolicy).map((slug) => policyPath(slug)),
    ]
  }

  function indexEntry(number: number): string {
    return `<sitemap><loc>${escapeXml(`${baseUrl}/sitemap-${number}.xml`)}</loc></sitemap>`
  }

  /** The page in each language, each time with all of them: https://developers.google.com/search/docs/specialty/international */
  function pageEntries(path: string): string[] {
    const address = (prefix: string) => escapeXml(baseUrl + prefix + path)
    const alternates = [
      ...LANGUAGES.map((language) => [language, prefixOf(language)] as const),
      ['x-default', ''] as const,
    ].map(([name, prefix]) => `<xhtml:link rel="alternate" hreflang="${name}" href="${address(prefix)}"/>`)
    return LANGUAGES.map(
      (language) => `<url><loc>${address(prefixOf(language))}</loc>${alternates.join('')}</url>`,
    )
  }

  function sendXml(response: Response, list: string, entries: readonly string[]): void {
    response.set('Cache-Control', 'public, max-age=3600')
    response
      .type('application/xml')
      .send(
        `<?xml version="1.0" encoding="UTF-8"?>\n<${list} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n${entries.map((entry) => `${entry}\n`).join('')}</${list}>\n`,
      )
  }
  return router
}

const numbered = (count: number) => Array.from({ length: count }, (_none, index) => index + 1)

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
