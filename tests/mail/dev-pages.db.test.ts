// /dev/mail shows the mails of a shop without SMTP to this machine only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

describe('the page of sent mails', () => {
  const ask = (headers: Record<string, string>) => stranger(shop.url).get('/dev/mail').set(headers)

  it('gets 404 through a tunnel or proxy, and under another host name', async () => {
    await ask({}).expect(200)
    await ask({ 'x-forwarded-for': '203.0.113.9' }).expect(404)
    await ask({ forwarded: 'for=203.0.113.9' }).expect(404)
    await ask({ host: 'shop.ngrok.example' }).expect(404)
    await ask({ host: '127.0.0.1.evil.example' }).expect(404)
  })

  it('is linked only where it can be opened', async () => {
    expect((await stranger(shop.url).get('/login')).text).toContain('href="/dev/mail"')
    const tunnelled = await stranger(shop.url).get('/login').set('x-forwarded-for', '203.0.113.9')
    expect(tunnelled.text).not.toContain('/dev/mail')
  })
})
