// What /metrics counts, and who may read it.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false, environment: { METRICS_TOKEN: 'a token for the tests' } })
})
afterAll(() => shop.close())

describe('metrics', () => {
  it('count deliveries by outcome, refusals by reason, and signatures by secret', async () => {
    const order = await openOrder(shop)
    await deliver(shop, sessionEvent(shop, order, 'checkout.session.completed')).expect(200)
    await deliver(shop, { ...sessionEvent(shop, order, 'checkout.session.expired'), type: 'made.up' }).expect(
      200,
    )
    await deliver(shop, {}, { secret: 'whsec_another' }).expect(400)
    const { text } = await supertest(shop.url)
      .get('/metrics')
      .set('authorization', 'Bearer a token for the tests')
      .expect(200)
    expect(text).toMatch(
      /^till_webhook_deliveries_total\{type="checkout\.session\.completed",outcome="done"\} [1-9]/m,
    )
    expect(text).toMatch(/^till_webhook_deliveries_total\{type="other",outcome="ignored"\} [1-9]/m)
    expect(text).toMatch(/^till_webhook_refusals_total\{status="400",reason="signature_invalid"\} [1-9]/m)
    expect(text).toMatch(/^till_webhook_signed_by_total\{secret="1"\} [1-9]/m)
    expect(text).toMatch(/^till_webhook_set_size_count [1-9]/m)
    expect(text).toMatch(/^till_webhook_answer_seconds_count [1-9]/m)
  })

  it('time requests by area and class of status, without deliveries and event streams', async () => {
    const requests = async () => {
      const { text } = await supertest(shop.url)
        .get('/metrics')
        .set('authorization', 'Bearer a token for the tests')
      const counts = text.matchAll(/^till_http_request_seconds_count\{area="(\w+)",status="(\w+)"\} (\d+)/gm)
      return new Map([...counts].map(([, area, status, count]) => [`${area} ${status}`, Number(count)]))
    }
    const before = await requests()
    for (const path of ['/pricing', '/pricing', '/administrators', '/api/products', '/admin', '/api/nothing'])
      await supertest(shop.url).get(path)
    await deliver(shop, {}).expect(400)
    const after = await requests()
    const added = (key: string) => (after.get(key) ?? 0) - (before.get(key) ?? 0)
    expect(Object.fromEntries([...after.keys()].map((key) => [key, added(key)]))).toEqual({
      ...{ 'shop 2xx': 2, 'shop 4xx': 1, 'api 2xx': 1, 'api 4xx': 1, 'admin 4xx': 1 },
      'operations 2xx': 1,
    })
  })

  it('get 404 without the token', async () => {
    await supertest(shop.url).get('/metrics').expect(404)
    await supertest(shop.url).get('/metrics').set('authorization', 'Bearer another').expect(404)
  })
})
