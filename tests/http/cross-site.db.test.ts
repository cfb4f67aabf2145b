// Forms that another site submits in a shopper's browser are refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newShopper, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const isSignedIn = async (shopper: Shopper) => (await shopper.get('/account/purchases')).status === 200

describe('a form submitted by another site', () => {
  it.each([
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
  ])('%s: %s is refused', async (header, value) => {
    const { shopper } = await newShopper(shop.url)
    await shopper.post('/logout').set(header, value).expect(403)
    expect(await isSignedIn(shopper)).toBe(true)
  })

  it.each([
    ['sec-fetch-site', 'same-origin'],
    ['sec-fetch-site', 'none'],
  ])('%s: %s is accepted', async (header, value) => {
    const { shopper } = await newShopper(shop.url)
    await shopper.post('/logout').set(header, value).expect(303)
  })

  it('the shop’s own origin is accepted', async () => {
    const { shopper } = await newShopper(shop.url)
    await shopper.post('/logout').set('origin', shop.url).expect(303)
  })
})
