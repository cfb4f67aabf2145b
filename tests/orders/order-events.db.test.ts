import { get, type IncomingMessage } from 'node:http'
import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/database/client.js'
import { streamOrder } from '../../src/orders/event-stream.js'
import { OrderWatch } from '../../src/orders/order-watch.js'
import { learn, openOrderOf, sessionTells, type KnownOrder } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

/** A new shopper with an open order, and the cookie of their session. */
async function shopperWithOrder(at = shop) {
  const { email } = await newShopper(at.url)
  const { headers } = await stranger(at.url)
    .post('/login')
    .type('form')
    .send({ email, password: PASSWORD })
    .expect(303)
  const [cookie] = String(headers['set-cookie']).split(';')
  return { cookie: cookie ?? '', email, order: await openOrderOf(at, email) }
}

interface Stream {
  response: IncomingMessage
  /** The states told so far. */
  states: string[]
  ended: Promise<void>
  close: () => void
}

function listen(key: string, cookie: string, at = shop): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/event-stream', 'accept-encoding': 'gzip, br' }
    const request = get(`${at.url}/orders/${key}/events`, { headers, agent: false }, (response) => {
      const states: string[] = []
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
        states.splice(0, states.length, ...[...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data ?? ''))
      })
      const ended = new Promise<void>((done) => response.once('close', done))
      resolve({ response, states, ended, close: () => request.destroy() })
    })
    request.on('error', reject)
  })
}

const soon = { timeout: 5000, interval: 50 }

describe('the events of an order', () => {
  it('tell the state at once, and each one that follows, unbuffered', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    expect(stream.response).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    })
    expect(stream.response.headers).not.toHaveProperty('content-encoding')
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    await learn(shop, sessionTells(order, 'processing'))
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'processing'])
    await learn(shop, sessionTells(order, 'paid'))
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'processing', 'paid'])
    stream.close()
  })

  it('say that an order is being confirmed when an operator must look at it', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    await learn(shop, { ...sessionTells(order, 'paid'), amountTotal: 1 })
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'confirming'])
    stream.close()
  })

  it('are nobody else’s: another shopper, and who is not signed in, find nothing', async () => {
    const { cookie, order } = await shopperWithOrder()
    const other = await shopperWithOrder()
    for (const [key, theirs] of [
      [order.key, other.cookie],
      [order.key, ''],
      ['ord_none', cookie],
    ] as const) {
      const stream = await listen(key, theirs)
      expect(stream.response.statusCode).toBe(404)
      expect(stream.response.headers['content-type']).not.toContain('event-stream')
    }
  })

  it('take three windows of one shopper; the fourth is refused until one closes', async () => {
    const { cookie, order } = await shopperWithOrder()
    const streams = await Promise.all([1, 2, 3].map(() => listen(order.key, cookie)))
    expect(streams.map(({ response }) => response.statusCode)).toEqual([200, 200, 200])
    const fourth = await listen(order.key, cookie)
    expect(fourth.response.statusCode).toBe(429)
    expect(fourth.response.headers).toHaveProperty('retry-after')
    streams[0]?.close()
    const again = async () => {
      const stream = await listen(order.key, cookie)
      streams.push(stream)
      return stream.response.statusCode
    }
    await expect.poll(again, soon).toBe(200)
    for (const stream of streams) stream.close()
  })

  it('end when the shop stops, which does not wait for them', async () => {
    const stopping = await startTestShop({ sandbox: false })
    const { cookie, order } = await shopperWithOrder(stopping)
    const stream = await listen(order.key, cookie, stopping)
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    const started = Date.now()
    await stopping.close()
    await stream.ended
    expect(Date.now() - started).toBeLessThan(4000)
    expect(stream.response.complete).toBe(true)
  })

  it('are nothing to HEAD, which ends', async () => {
    const { cookie, order } = await shopperWithOrder()
    await stranger(shop.url).head(`/orders/${order.key}/events`).set('cookie', cookie).expect(200)
  })
})

describe('watching', () => {
  const log = pino({ level: 'silent' })
  const ignore = { sendState: () => undefined, end: () => undefined }

  /** A watch on a database of its own, and how often it asked. */
  function openWatch() {
    const database = openDatabase(shop.databaseUrl, { max: 4 })
    let queries = 0
    database.pool.on('acquire', () => (queries += 1))
    const watch = new OrderWatch(database, log)
    const close = async () => {
      await watch.stop()
      await database.close()
    }
    return { watch, asked: () => queries, close }
  }

  it('many watchers are one query a second, and none when nobody watches', async () => {
    const { watch, asked, close } = openWatch()
    const orders: KnownOrder[] = []
    for (let count = 0; count < 5; count++) orders.push((await shopperWithOrder()).order)
    const told: string[] = []
    const leave = Array.from({ length: 300 }, (_, index) => {
      const { key } = orders[index % orders.length] ?? { key: '' }
      return watch.add({ key, userId: index }, 'pending', {
        ...ignore,
        sendState: (state) => told.push(`${key} ${state}`),
      })
    })
    const [first] = orders
    if (first) await learn(shop, sessionTells(first, 'paid'))
    await expect.poll(() => told.length, soon).toBe(60)
    expect(new Set(told)).toEqual(new Set([`${first?.key ?? ''} paid`]))
    expect(asked()).toBeGreaterThanOrEqual(1)
    expect(asked()).toBeLessThanOrEqual(3)

    for (const stop of leave) stop()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = asked()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(asked()).toBe(before)
    await close()
  })

  it('a stream says now and then that it is still there, ends by itself, and watches no longer', async () => {
    const { watch, asked, close } = openWatch()
    const app = express().get('/', (_request, response) => {
      const times = { heartbeat: 0.2, lifetime: 1, reconnect: 3 }
      streamOrder(response, watch, { key: 'ord_none', userId: 1 }, 'pending', times)
    })
    const { text } = await supertest(app).get('/').expect(200)
    expect(text).toMatch(/^retry: 3000\n\nevent: state\ndata: pending\n\n(: still here\n\n){3,5}$/)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = asked()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(asked()).toBe(before)
    await close()
  })

  it('takes a thousand, and no more', async () => {
    const { watch, close } = openWatch()
    const add = (userId: number) => watch.add({ key: 'ord_none', userId }, 'pending', ignore)
    for (let userId = 0; userId < 1000; userId++) add(userId)
    expect(() => add(1000)).toThrow(/too_many_watchers/)
    await close()
  })

  it('goes on when the database was away', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    shop.proxy.cut()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    shop.proxy.join()
    await learn(shop, sessionTells(order, 'paid'))
    await expect.poll(() => stream.states).toEqual(['pending', 'paid'])
    stream.close()
  })
})
