// Who may open the admin.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newOperator } from '../support/operator.js'
import { newShopper, stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

describe('the admin', () => {
  let shop: TestShop
  beforeAll(async () => {
    shop = await startTestShop()
  })
  afterAll(() => shop.close())

  it('is an unknown address for everyone but operators and owners', async () => {
    const { shopper } = await newShopper(shop.url)
    for (const visitor of [stranger(shop.url), shopper]) {
      const unknown = await visitor.get('/nothing-here').expect(404)
      const { text } = await visitor.get('/admin').expect(404)
      const plain = (page: string) => page.replaceAll(/nothing-here|admin|[0-9a-f-]{36}/g, '')
      expect(plain(text)).toBe(plain(unknown.text))
    }
  })

  it.each(['operator', 'owner'] as const)('opens for an %s, and shows the way there', async (role) => {
    const { operator } = await newOperator(shop, role)
    expect((await operator.get('/admin').expect(200)).text).toContain('<h1>Home</h1>')
    expect((await operator.get('/pricing').expect(200)).text).toContain('href="/admin"')
    const { text } = await operator.get('/admin/nothing-here').expect(404)
    expect(text).toContain('href="/admin"')
  })
})
