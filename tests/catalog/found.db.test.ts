// What search engines and previews of links read: each is there, well formed, and true.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { addVariedProduct } from '../support/variants.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const get = (path: string) => supertest(shop.url).get(path)
const page = async (path: string) => (await get(path).expect(200)).text

const address = z.string().startsWith('http://127.0.0.1')
const offer = z.object({
  '@type': z.literal('Offer'),
  sku: z.string().min(1),
  url: address,
  price: z.string().regex(/^\d+(\.\d+)?$/),
  priceCurrency: z.string().regex(/^[A-Z]{3}$/),
  availability: z.enum(['https://schema.org/InStock', 'https://schema.org/OutOfStock']),
  shippingDetails: z
    .array(
      z.object({
        '@type': z.literal('OfferShippingDetails'),
        shippingRate: z.object({
          '@type': z.literal('MonetaryAmount'),
          value: z.string(),
          currency: z.string(),
        }),
        deliveryTime: z
          .object({ transitTime: z.object({ minValue: z.number(), unitCode: z.literal('DAY') }) })
          .optional(),
      }),
    )
    .optional(),
})
const product = z.object({
  '@context': z.literal('https://schema.org'),
  '@type': z.literal('Product'),
  name: z.string().min(1),
  description: z.string().min(1),
  image: z.array(address).min(1),
  sku: z.string(),
  brand: z.object({ '@type': z.literal('Brand'), name: z.string() }),
  offers: z.union([
    offer,
    z.array(z.looseObject({ '@type': z.literal('Offer'), sku: z.string(), price: z.string() })),
  ]),
})
const breadcrumbs = z.object({
  '@type': z.literal('BreadcrumbList'),
  itemListElement: z
    .array(
      z.object({ '@type': z.literal('ListItem'), position: z.number(), name: z.string(), item: address }),
    )
    .min(1),
})
const organization = z.object({
  '@type': z.literal('Organization'),
  name: z.string(),
  url: address,
  logo: address,
})

/** The page's JSON-LD by type. */
function dataOf(html: string): Map<string, unknown> {
  const scripts = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)]
  return new Map(
    scripts.map(([, json = '']) => {
      const data = JSON.parse(json) as { '@type': string }
      return [data['@type'], data]
    }),
  )
}

const metaOf = (html: string, name: string) =>
  new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)">`).exec(html)?.[1]

describe('a product’s page', () => {
  it('describes the product, its offers and its place in the shop', async () => {
    const { prisma } = shop.database
    const tray = await prisma.product.update({
      where: { slug: 'oak-desk-tray' },
      data: { requiresShipping: true },
    })
    const rate = { countries: ['DE', 'AT'], currency: 'usd', amount: 490, minDays: 2, maxDays: 4 }
    await prisma.shippingRate.create({ data: { name: 'Bike courier', ...rate } })
    const data = dataOf(await page(`/pricing/${tray.id}?cancelled`))
    const read = product.parse(data.get('Product'))
    expect(read).toMatchObject({
      name: tray.name,
      offers: {
        price: (tray.unitAmount / 100).toFixed(2),
        priceCurrency: 'USD',
        availability: 'https://schema.org/InStock',
      },
    })
    const rates = offer.parse(read.offers).shippingDetails ?? []
    // Of the rates with the same countries, the cheapest is enough.
    const stored = await prisma.shippingRate.findMany({ where: { active: true, currency: 'usd' } })
    expect(rates).toHaveLength(new Set(stored.map(({ countries }) => countries.join())).size)
    expect(rates.map(({ shippingRate }) => shippingRate.value)).toContain('4.90')
    const { itemListElement } = breadcrumbs.parse(data.get('BreadcrumbList'))
    expect(itemListElement.map(({ position, name }) => [position, name])).toEqual([
      [1, 'Shop'],
      [2, tray.category],
      [3, tray.name],
    ])
    expect(organization.parse(data.get('Organization')).name).toBe('Till')
    for (const { item } of itemListElement) await get(item.replace(/^http:\/\/[^/]+/, '')).expect(200)
    await prisma.variant.update({ where: { id: tray.id }, data: { stock: 0 } })
    const soldOut = product.parse(dataOf(await page(`/pricing/${tray.id}`)).get('Product'))
    expect(soldOut.offers).toMatchObject({ availability: 'https://schema.org/OutOfStock' })
    await prisma.variant.update({ where: { id: tray.id }, data: { stock: 40 } })
  })

  it('has an offer for each variant, and one canonical address', async () => {
    const shirt = await addVariedProduct(shop, ['Size'], [{ values: ['S'] }, { values: ['L'], stock: 0 }], {
      image: '/assets/images/products/stoneware-mug.svg',
    })
    const html = await page(`/pricing/${shirt.id}?variant=${shirt.variants['L']?.id}`)
    const { offers } = product.parse(dataOf(html).get('Product'))
    expect(offers).toMatchObject([
      { name: 'Linen shirt – S', availability: 'https://schema.org/InStock' },
      { name: 'Linen shirt – L', availability: 'https://schema.org/OutOfStock' },
    ])
    expect(html).toMatch(new RegExp(`<link rel="canonical" href="http://[^"]+/pricing/${shirt.id}">`))
  })

  it('is previewed with its name and a picture that every program shows', async () => {
    for (const { id } of await shop.database.prisma.product.findMany()) {
      const html = await page(`/pricing/${id}`)
      expect(metaOf(html, 'og:type')).toBe('product')
      expect(metaOf(html, 'og:title')?.length).toBeGreaterThan(0)
      expect(html).toMatch(/<title>[^<]+ · Till<\/title>/)
      const picture = metaOf(html, 'og:image')?.replace(/^http:\/\/[^/]+/, '') ?? ''
      await get(picture)
        .expect(200)
        .expect('content-type', /image\/(png|jpeg)/)
    }
  })

  it('can’t be closed by what a product is called', async () => {
    const name = '</script><script>alert(1)</script>'
    const { prisma } = shop.database
    const { id, name: before } = await prisma.product.findFirstOrThrow()
    await prisma.product.update({ where: { id }, data: { name } })
    const html = await page(`/pricing/${id}`)
    expect(html).not.toContain('<script>alert')
    expect(product.parse(dataOf(html).get('Product')).name).toBe(name)
    await prisma.product.update({ where: { id }, data: { name: before } })
  })
})

describe('the list', () => {
  it('has one address for each page, and leaves out searches and filters', async () => {
    const first = await page('/pricing')
    expect(first).toMatch(/<link rel="canonical" href="http:\/\/[^"]+\/pricing">/)
    expect(first).not.toContain('noindex')
    organization.parse(dataOf(first).get('Organization'))
    breadcrumbs.parse(dataOf(first).get('BreadcrumbList'))
    expect(await page('/pricing?page=2&utm_source=mail')).toMatch(
      /rel="canonical" href="[^"]+\/pricing\?page=2"/,
    )
    for (const query of ['q=mug', 'max=20', 'sort=name', 'stock=in'])
      expect(await page(`/pricing?${query}`)).toContain('content="noindex, follow"')
  })
})

describe('files for robots and browsers', () => {
  it('the sitemap has the list, categories and products on sale, and each works', async () => {
    const { text } = await get('/sitemap.xml')
      .expect(200)
      .expect('content-type', /application\/xml/)
    const places = [...text.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, place = '']) =>
      place.replace(/^http:\/\/[^/]+/, '').replaceAll('&#38;', '&'),
    )
    expect(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns=')).toBe(true)
    const products = await shop.database.prisma.product.count({ where: { offSale: false } })
    expect(places.filter((place) => /^\/pricing\/\d+$/.test(place))).toHaveLength(products)
    for (const place of places) await get(place).expect(200)
  })

  it('it has each page in both languages, and says so at each', async () => {
    const { text } = await get('/sitemap.xml').expect(200)
    const entries = [...text.matchAll(/<url>.*<\/url>/g)].map(([entry]) => entry.replaceAll(shop.url, ''))
    const { id } = await shop.database.prisma.product.findFirstOrThrow({ where: { offSale: false } })
    for (const path of ['/pricing', '/pricing?category=Desk', `/pricing/${id}`])
      for (const prefix of ['', '/de'])
        expect(entries).toContain(
          `<url><loc>${prefix}${path}</loc>` +
            `<xhtml:link rel="alternate" hreflang="en" href="${path}"/>` +
            `<xhtml:link rel="alternate" hreflang="de" href="/de${path}"/>` +
            `<xhtml:link rel="alternate" hreflang="x-default" href="${path}"/></url>`,
        )
  })

  it('it is split by ids when there are many', async () => {
    const { pool } = shop.database
    await pool.query(`SELECT setval('"Product_id_seq"', 120000)`)
    const { id } = await shop.database.prisma.product.create({
      data: {
        ...{ slug: 'far', name: 'Far away', summary: 'Far.', description: '', image: '/assets/none.png' },
        ...{ category: 'Desk', unitAmount: 1000, currency: 'usd' },
      },
    })
    const { text } = await get('/sitemap.xml').expect(200)
    const files = [...text.matchAll(/<loc>http:\/\/[^/]+(\/sitemap-\d+\.xml)<\/loc>/g)].map(
      ([, file]) => file ?? '',
    )
    expect(text).toContain('<sitemapindex')
    expect(files).toHaveLength(5)
    const contents = await Promise.all(files.map((file) => page(file)))
    const has = contents.map((content) => content.includes(`/de/pricing/${id}<`))
    expect(has).toEqual([false, false, false, false, true])
    expect(contents[0]).toContain('/pricing/1<')
    await get('/sitemap-6.xml').expect(404)
    await get('/sitemap-0.xml').expect(404)
    await shop.database.prisma.product.delete({ where: { id } })
  })

  it('robots.txt names the sitemap and keeps robots off personal pages', async () => {
    const { text } = await get('/robots.txt')
      .expect(200)
      .expect('content-type', /text\/plain/)
    expect(text).toMatch(/^User-agent: \*\n/)
    expect(text).toMatch(/^Sitemap: http:\/\/127\.0\.0\.1:\d+\/sitemap\.xml$/m)
    for (const path of ['/account', '/cart', '/checkout', '/orders', '/admin'])
      expect(text).toContain(`Disallow: ${path}\n`)
    expect(text).not.toMatch(/Disallow: \/(pricing)?\n/)
  })

  it('the manifest has the shop’s name and icons of the sizes it says', async () => {
    const { body } = await get('/site.webmanifest')
      .expect(200)
      .expect('content-type', /manifest\+json/)
    const manifest = z
      .object({
        name: z.literal('Till'),
        start_url: z.literal('/pricing'),
        icons: z.array(z.object({ src: z.string(), sizes: z.string(), type: z.literal('image/png') })).min(3),
      })
      .parse(typeof body === 'string' ? JSON.parse(body) : JSON.parse((await get('/site.webmanifest')).text))
    for (const { src, sizes } of manifest.icons) {
      const icon = (await get(src).expect(200).expect('content-type', 'image/png')).body as Buffer
      expect(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`).toBe(sizes)
    }
    const ico = (await get('/favicon.ico').expect(200).expect('content-type', /icon/)).body as Buffer
    expect([...ico.subarray(0, 4)]).toEqual([0, 0, 1, 0])
  })
})
