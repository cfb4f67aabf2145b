// A front end on another origin: it signs in, fills the cart and orders with a token, and the shopper pays on Stripe's page.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSettings } from '../support/change-settings.js'
import { CARD } from '../support/pay-page.js'
import { PASSWORD } from '../support/shopper.js'
import { fillInDelivery, newAddress, onPayPage, payByCard } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** The front end's only page. Its script is what a README's reader would write. */
const PAGE = `<!doctype html><html lang="en"><title>Front end</title><h1>Front end</h1>
<form><label>Email <input name="email"></label><button>Buy a mug</button></form><p role="status"></p>
<script>
  const shop = new URLSearchParams(location.search).get('shop')
  let token
  async function call(method, path, body) {
    const headers = { ...(body && { 'content-type': 'application/json' }), ...(token && { authorization: 'Bearer ' + token }) }
    const response = await fetch(shop + path, { method, headers, body: body && JSON.stringify(body) })
    const answer = response.status === 204 ? null : await response.json()
    if (!response.ok) throw new Error(answer.code)
    return answer
  }
  document.querySelector('form').onsubmit = async (event) => {
    event.preventDefault()
    const email = event.target.email.value
    try {
      token = (await call('POST', '/api/sign-in', { email, password: '${PASSWORD}' })).token
      const mug = await call('GET', '/api/products/stoneware-mug')
      await call('POST', '/api/cart/items', { variant_id: mug.variants[0].id, quantity: 3 })
      await call('PUT', '/api/cart/items/' + mug.variants[0].id, { quantity: 2 })
      const quote = await call('POST', '/api/delivery-quotes', { cart: true, country: 'DE' })
      const order = await call('POST', '/api/orders', {
        cart: true, country: 'DE', shipping_rate: quote.rates[0].id, expected_total: quote.rates[0].total,
      })
      const { checkout_url } = await call('POST', '/api/payments/create-session', { order_id: order.order_id })
      location.href = checkout_url
    } catch (error) {
      document.querySelector('p').textContent = String(error)
    }
  }
</script></html>`

let front: Server
let origin = ''
beforeAll(async () => {
  front = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(PAGE))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  await visitors.shop.database.prisma.product.updateMany({
    where: { slug: 'stoneware-mug' },
    data: { requiresShipping: true },
  })
})
afterAll(() => new Promise((resolve) => front.close(resolve)))

async function registered(): Promise<string> {
  const email = newAddress()
  const response = await fetch(`${visitors.shop.url}/api/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada Shopper', email, password: PASSWORD }),
  })
  expect(response.status).toBe(201)
  return email
}

const ordersOf = (email: string) => visitors.shop.database.prisma.order.findMany({ where: { email } })

describe('a front end on another origin', () => {
  it('sells a mug, if the owner allows its origin', async (test) => {
    await changeSettings(visitors.shop, { apiOrigins: [origin] })
    const email = await registered()
    const page = await visitors.visit(test)
    await page.goto(`${origin}/?shop=${visitors.shop.url}`)
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button').click()
    await onPayPage(page)
    await fillInDelivery(page)
    await payByCard(page, CARD.good)
    await expect.poll(async () => (await ordersOf(email))[0]?.status).toBe('paid')
    const [order] = await ordersOf(email)
    expect(order).toMatchObject({ origin: 'api', deliveryCountry: 'DE' })
    expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('till')
  })

  it('is refused by the browser, if not', async (test) => {
    await changeSettings(visitors.shop, { apiOrigins: [] })
    const email = await registered()
    const page = await visitors.visit(test)
    await page.goto(`${origin}/?shop=${visitors.shop.url}`)
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button').click()
    await page.getByRole('status').getByText('Failed to fetch').waitFor()
    expect(await visitors.shop.database.prisma.apiToken.count({ where: { user: { email } } })).toBe(1)
    expect(visitors.takeFaults(page).join()).toContain('CORS')
  })
})
