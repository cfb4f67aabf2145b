// npm run lighthouse [-- PAGE …]: Lighthouse's scores of the pages that shoppers see, and how much they move on a slow phone.
// It starts a temporary shop with its own database and sandbox.
import lighthouse, { type Flags } from 'lighthouse'
import type { Browser } from 'playwright-core'
import { seedCatalog } from '../src/catalog/seed.js'
import { publishText } from '../src/policies/change-policy.js'
import { openChromium } from '../tests/support/chromium/chromium.js'
import { freePort } from '../tests/support/free-port.js'
import { CARD } from '../tests/support/pay-page.js'
import { button, heading, onPayPage, payByCard, register } from '../tests/browser/shopper.js'
import type { ShopOnTour } from '../tests/browser/tour.js'
import { inTemporaryShop } from './temporary-shop.js'

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo']
/** Kilobits per second, and milliseconds until an answer begins. */
const SLOW_PHONE = { downloadThroughputKbps: 400, uploadThroughputKbps: 400, requestLatencyMs: 400 }
/** The largest layout shift that a page may have: https://web.dev/articles/cls says 0.1. */
const MOST_SHIFT = 0.05

const RETURNS = `You can send back what you bought within 14 days.

## How it works

Request a return on your order's page. We answer within a day, and refund you once it is here.`

interface Visited {
  name: string
  path: string
  /** Whether it is one shopper's own, which search engines are kept out of on purpose. */
  isPersonal?: boolean
}

await inTemporaryShop(seedCatalog, async (shop) => {
  const port = await freePort()
  const browser = await openChromium(`--remote-debugging-port=${port}`)
  try {
    const { pages, cookie } = await prepare(shop, browser)
    console.log(
      '| page | performance | accessibility | best practices | SEO | layout shift | first content | largest content |',
    )
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
    const moving: string[] = []
    const wanted = process.argv.slice(2)
    for (const page of pages.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      const { scores, shift, first, largest } = await measure(shop.url + page.path, page, port, cookie)
      if (shift > MOST_SHIFT) moving.push(page.name)
      console.log(`| ${[page.name, ...scores, shift.toFixed(3), first, largest].join(' | ')} |`)
    }
    if (moving.length > 0) {
      console.log(`\nThese move by more than ${MOST_SHIFT}: ${moving.join(', ')}.`)
      process.exitCode = 1
    }
  } finally {
    await browser.close()
  }
})

/** Signs up, pays an order and fills a cart, so that every page has something on it. */
async function prepare(shop: ShopOnTour, browser: Browser): Promise<{ pages: Visited[]; cookie: string }> {
  const { prisma } = shop.database
  await publishText(prisma, 'returns', RETURNS)
  const page = await browser.newPage()
  await register(page, shop.url)
  const pattern = await prisma.product.findFirstOrThrow({
    where: { requiresShipping: false, offSale: false },
  })
  await page.goto(`${shop.url}/pricing/${pattern.id}`)
  await button(page, 'Purchase').click()
  await onPayPage(page)
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  const { key } = await prisma.order.findFirstOrThrow()
  const product = await prisma.product.findFirstOrThrow({
    where: { requiresShipping: true, offSale: false, variants: { some: { stock: { gt: 1 } } } },
    include: { variants: { where: { stock: { gt: 1 } } } },
  })
  await page.request.post(`${shop.url}/cart/items`, {
    form: { product_id: String(product.id), variant_id: String(product.variants[0]?.id), quantity: '2' },
  })
  const cookies = await page.context().cookies(shop.url)
  return {
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    pages: [
      { name: 'list', path: '/pricing' },
      { name: 'product', path: `/pricing/${product.id}` },
      { name: 'search', path: '/pricing?q=mug', isPersonal: true },
      { name: 'list in German', path: '/de/pricing' },
      { name: 'policy', path: '/pages/returns' },
      { name: 'cart', path: '/cart', isPersonal: true },
      { name: 'checkout', path: '/checkout', isPersonal: true },
      { name: 'sign in', path: '/login', isPersonal: true },
      { name: 'account', path: '/account', isPersonal: true },
      { name: 'order', path: `/orders/${key}`, isPersonal: true },
      { name: 'receipt', path: `/orders/${key}/receipt`, isPersonal: true },
    ],
  }
}

interface Measured {
  /** From 0 to 100, in the order of CATEGORIES. */
  scores: number[]
  shift: number
  /** When something and when the largest thing is seen: "1.2 s". */
  first: string
  largest: string
}

/** The scores are those of Lighthouse's usual phone, the rest is of the slow one. */
async function measure(
  url: string,
  { name, isPersonal = false }: Visited,
  port: number,
  cookie: string,
): Promise<Measured> {
  const flags: Flags = {
    port,
    logLevel: 'error',
    disableStorageReset: true,
    // The sign-in page is another one for those who are signed in.
    ...(isPersonal && name !== 'sign in' && { extraHeaders: { Cookie: cookie } }),
    ...(isPersonal && { skipAudits: ['is-crawlable'] }),
  }
  const usual = await visit(url, { ...flags, onlyCategories: CATEGORIES })
  const slow = await visit(url, {
    ...flags,
    onlyAudits: ['cumulative-layout-shift', 'first-contentful-paint', 'largest-contentful-paint'],
    throttlingMethod: 'devtools',
    throttling: { ...SLOW_PHONE, cpuSlowdownMultiplier: 4 },
    maxWaitForLoad: 120_000,
  })
  const seconds = (audit: string) => `${((slow.audits[audit]?.numericValue ?? NaN) / 1000).toFixed(1)} s`
  return {
    scores: CATEGORIES.map((category) => Math.round((usual.categories[category]?.score ?? NaN) * 100)),
    shift: slow.audits['cumulative-layout-shift']?.numericValue ?? NaN,
    first: seconds('first-contentful-paint'),
    largest: seconds('largest-contentful-paint'),
  }
}

async function visit(url: string, flags: Flags) {
  const result = await lighthouse(url, flags)
  if (!result) throw new Error(`Lighthouse said nothing of ${url}.`)
  const { runtimeError } = result.lhr
  if (runtimeError) throw new Error(`${url}: ${runtimeError.message}`)
  return result.lhr
}
