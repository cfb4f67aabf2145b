// Stripe's page on another host than its API, the shop on a host name over plain http, pictures on a CDN.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openChromium } from '../support/chromium/chromium.js'
import { openFaultyStripe, type FaultyStripe } from '../support/faulty-stripe.js'
import { freePort } from '../support/free-port.js'
import { PASSWORD } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { button, heading, link, onPayPage, register, signOut } from './shopper.js'

let browser: Browser
beforeAll(async () => {
  browser = await openChromium('--host-resolver-rules=MAP shop.test 127.0.0.1')
})
afterAll(() => browser.close())

let shop: TestShop
let stripe: FaultyStripe | undefined
afterEach(async () => {
  await shop.close()
  await stripe?.close()
  stripe = undefined
})

async function visit(): Promise<Page> {
  const context = await browser.newContext()
  context.setDefaultTimeout(60_000)
  return context.newPage()
}

describe('a payment page on another host', () => {
  /** The local Stripe's page is at localhost, its API at 127.0.0.1. */
  async function open(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    stripe = await openFaultyStripe()
    stripe.rewrite = (body) => body.replace(/"url": ?"http:\/\/127\.0\.0\.1:/, '"url":"http://localhost:')
    shop = await startTestShop({ environment: { STRIPE_API_BASE: stripe.url, ...environment } })
    stripe.target = new URL(shop.sandbox?.url ?? '')
  }

  async function purchase(): Promise<Page> {
    await open()
    const page = await visit()
    await register(page, shop.url)
    await page.goto(`${shop.url}/pricing/1`)
    await button(page, 'Purchase').click()
    return page
  }

  it('is reached by a link, when the shop does not know the host', async () => {
    const page = await purchase()
    await heading(page, 'Your order is ready to pay')
    await link(page, 'Continue to payment').click()
    await onPayPage(page)
    expect(new URL(page.url()).hostname).toBe('localhost')
  })

  it('is reached directly with STRIPE_CHECKOUT_DOMAIN', async () => {
    stripe = await openFaultyStripe()
    const pages = await openFaultyStripe()
    const to = new URL(pages.url)
    stripe.rewrite = (body) =>
      body.replace(/"url": ?"http:\/\/127\.0\.0\.1:\d+/, `"url":"http://localhost:${to.port}`)
    shop = await startTestShop({
      environment: { STRIPE_API_BASE: stripe.url, STRIPE_CHECKOUT_DOMAIN: `http://localhost:${to.port}` },
    })
    stripe.target = pages.target = new URL(shop.sandbox?.url ?? '')
    const page = await visit()
    await register(page, shop.url)
    await page.goto(`${shop.url}/pricing/1`)
    await button(page, 'Purchase').click()
    await page.waitForURL(`http://localhost:${to.port}/**`)
    await pages.close()
  })
})

describe('on a host name over plain http, where browsers send no Fetch Metadata', () => {
  it('the form of the reset email works, and its address is told to nobody', async () => {
    const port = await freePort()
    const url = `http://shop.test:${port}`
    shop = await startTestShop({ environment: { PORT: String(port), BASE_URL: url } })
    const page = await visit()
    const email = await register(page, url)
    await signOut(page)
    await page.goto(`${url}/password/forgot`)
    await page.getByLabel('Email').fill(email)
    await button(page, 'Send reset link').click()
    await heading(page, 'Check your email')
    await expect
      .poll(() => shop.database.prisma.mail.count({ where: { kind: 'password_reset' } }))
      .toBeGreaterThan(0)
    const { data } = await shop.database.prisma.mail.findFirstOrThrow({ where: { kind: 'password_reset' } })
    const path = /\/password\/reset\/[\w-]+/.exec(JSON.stringify(data))?.[0] ?? ''

    const referrers: (string | undefined)[] = []
    page.on('request', (request) => referrers.push(request.headers()['referer']))
    await page.goto(url + path)
    await page.getByLabel('New password').fill(`${PASSWORD} too`)
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await button(page, 'Save password').click()
    const headers = await (await sent).allHeaders()
    expect([headers['origin'], headers['sec-fetch-site']]).toEqual([url, undefined])
    await page.getByText('Your password has been changed').waitFor()
    expect(referrers.filter((referrer) => referrer?.includes('/password/reset/'))).toEqual([])
  })
})

describe('a picture on another host', () => {
  it('that the settings allow is in the policy of the page, and sent to Stripe', async () => {
    shop = await startTestShop()
    const image = 'https://cdn.invalid/mug.png'
    await shop.database.prisma.product.update({ where: { id: 1 }, data: { image } })
    await shop.database.prisma.shop.update({ where: { id: 1 }, data: { pictureHosts: ['cdn.invalid'] } })
    const page = await visit()
    // A CDN in place of the network.
    const asked: string[] = []
    await page.route('https://cdn.invalid/**', async (route) => {
      asked.push(route.request().url())
      await route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' })
    })
    await register(page, shop.url)
    await page.goto(`${shop.url}/pricing/1`)
    expect(asked).toEqual([image])
    await button(page, 'Purchase').click()
    await onPayPage(page)
  })
})
