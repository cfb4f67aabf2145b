// Rules for every URL: error formats, security headers, health, and malformed requests.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const get = (path: string) => supertest(shop.url).get(path)

describe('every URL', () => {
  it('/ redirects to /pricing', async () => {
    await get('/').expect(302).expect('location', '/pricing')
  })

  it('unknown paths get 404 in the requested format, with the request id', async () => {
    const page = await get('/nowhere').set('accept', 'text/html').expect(404).expect('content-type', /html/)
    expect(page.text).toContain(page.headers['x-request-id'])
    const { body, headers } = await get('/api/nowhere')
      .expect(404)
      .expect('content-type', /problem\+json/)
    expect(body).toMatchObject({ status: 404, code: 'page_not_found', request_id: headers['x-request-id'] })
    for (const path of ['/pricing/%E0%A4%A', '/pricing/%00', '/pricing?q=%00']) await get(path).expect(400)
  })

  it('every page has a Content Security Policy without inline scripts and styles', async () => {
    const policy = String((await get('/pricing').expect(200)).headers['content-security-policy'])
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).not.toContain('unsafe')
    // The local Stripe's page.
    expect(policy).toContain("form-action 'self' http://127.0.0.1:*;")
  })

  it('the health checks report alive and ready', async () => {
    await get('/healthz').expect(200, { status: 'alive' })
    await get('/readyz').expect(200, { status: 'ready' })
  })

  it('browsing sets no cookie', async () => {
    expect((await get('/pricing').expect(200)).headers).not.toHaveProperty('set-cookie')
  })
})

describe('a malformed request', () => {
  const post = (path: string, type: string, body: string) =>
    supertest(shop.url).post(path).set('accept', 'application/json').type(type).send(body)

  it.each([
    ['deeply nested JSON', '/api/orders', 'json', `{"items":${'['.repeat(15_000)}${']'.repeat(15_000)}}`],
    ['a NUL in JSON', '/api/orders', 'json', '{"items":"\\u0000"}'],
    ['a NUL in a form', '/login', 'form', 'email=a%00b&password=x'],
    ['a NUL in a URL', '/pricing/1%00', 'form', ''],
  ])('%s gets 400', async (_what, path, type, body) => {
    const answer = await post(path, type, body).expect(400)
    expect(answer.body).toMatchObject({ code: 'malformed_request' })
  })
})
