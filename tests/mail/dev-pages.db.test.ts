// /dev/mail shows the mails of a shop without SMTP to the developer at this machine only.
import { createServer, request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newShopper, stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

/** What nginx does with `proxy_pass` alone: no forwarding header, and the shop's own address as Host. */
async function throughPlainProxy<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  const server = createServer((request, response) => {
    const { hostname, port, host } = new URL(shop.url)
    const options = { hostname, port, method: request.method, path: request.url }
    const forwarded = httpRequest({ ...options, headers: { ...request.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(forwarded)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  return work(url).finally(() => server.close())
}

/** The address of the developer's listener. */
async function developersUrl(): Promise<string> {
  const { headers } = await stranger(shop.url).get('/dev/mail').expect(302)
  return new URL(String(headers['location'])).origin
}

describe('the page of sent mails', () => {
  it('is one click away on this machine, at an address of its own', async () => {
    const { email } = await newShopper(shop.url)
    await stranger(shop.url).post('/password/forgot').type('form').send({ email }).expect(200)
    expect((await stranger(shop.url).get('/login')).text).toContain('href="/dev/mail"')
    const url = await developersUrl()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const list = async () => (await stranger(url).get('/dev/mail').expect(200)).text
    await expect.poll(list).toMatch(new RegExp(`Set a new password(?:(?!</li>)[^])*${email}`))
    const text = await list()
    const [, path = ''] = /href="(\/dev\/mail\/\d+)"[^>]*>Set a new password/.exec(text) ?? []
    expect((await stranger(url).get(path).expect(200)).text).toContain('/password/reset/')
    await stranger(url).get('/assets/css/till.css').expect(200)
    await stranger(url).get('/pricing?q=mug').expect(302).expect('location', `${shop.url}/pricing?q=mug`)
  })

  it('is not readable through a proxy, whatever it sends', async () => {
    const headersOfProxies = [{}, { 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }]
    const mails = await throughPlainProxy((url) =>
      Promise.all(
        headersOfProxies.flatMap((headers) =>
          ['/dev/mail', '/dev/mail/1', '/dev/mail/1/html', '/DEV/mail/', '//dev/mail'].map(
            async (path) => (await stranger(url).get(path).set(headers)).status,
          ),
        ),
      ),
    )
    expect(new Set(mails)).not.toContain(200)
    expect(await throughPlainProxy(async (url) => (await stranger(url).get('/metrics')).status)).toBe(404)
  })

  it('is not readable by another site’s script', async () => {
    const url = await developersUrl()
    for (const host of ['shop.ngrok.example', '127.0.0.1.evil.example', 'localhost.evil.example', '']) {
      const { status } = await stranger(url).get('/dev/mail').set({ host })
      expect(status).not.toBe(200)
    }
    await stranger(url).get('/dev/mail').set({ host: '127.0.0.1:1' }).expect(200)
  })
})
