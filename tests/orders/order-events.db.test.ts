import { get, type IncomingMessage } from 'node:http'
import express from 'express'
import { pino } from 'pino'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/database/client.js'
import { hashToken, newToken } from '../../src/http/random-token.js'
import { streamOrder } from '../../src/orders/event-stream.js'
import { newAccessToken, revokeAccess } from '../../src/orders/order-access.js'
import { OrderWatch } from '../../src/orders/order-watch.js'
import { settleReports, openOrderOf, reportOfSession, type KnownOrder } from '../support/settled-orders.js'
import { newShopper, PASSWORD, stranger } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

/** Registers a shopper with an open order. Also returns the session cookie. */
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
  /** The states received so far. */
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

describe('the event stream of an order', () => {
  it('sends the current state at once and every later one, uncompressed', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    expect(stream.response).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    })
    expect(stream.response.headers).not.toHaveProperty('content-encoding')
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    await settleReports(shop, reportOfSession(order, 'processing'))
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'processing'])
    await settleReports(shop, reportOfSession(order, 'paid'))
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'processing', 'paid'])
    stream.close()
  })

  it('shows "confirming" for an order that needs attention', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    await settleReports(shop, { ...reportOfSession(order, 'paid'), amountTotal: 1 })
    await expect.poll(() => stream.states, soon).toEqual(['pending', 'confirming'])
    stream.close()
  })

  it('other shoppers and guests get 404', async () => {
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

  it('a shopper can open three streams; the fourth gets 429 until one closes', async () => {
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

  it('ends when the shop stops, without delaying it', async () => {
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

  it('ends when the link that opened the order is revoked, and tells no later state', async () => {
    const { order } = await shopperWithOrder()
    const { prisma } = shop.database
    const token = await newAccessToken(prisma, order.id)
    const { headers } = await stranger(shop.url).get(`/orders/${order.key}?token=${token}`).expect(303)
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    const stream = await listen(order.key, cookie)
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    await prisma.$transaction((tx) => revokeAccess(tx, order.id))
    await settleReports(shop, reportOfSession(order, 'paid'))
    await stream.ended
    expect(stream.states).toEqual(['pending'])
    expect((await listen(order.key, cookie)).response.statusCode).toBe(404)
  })

  it('ends for the browser that ordered when the order joins an account', async () => {
    const { order, email } = await shopperWithOrder()
    const { prisma } = shop.database
    const { id: userId } = await prisma.user.findUniqueOrThrow({ where: { email } })
    const token = newToken()
    const where = { id: order.id }
    await prisma.order.update({ where, data: { userId: null, guestHash: hashToken(token) } })
    const stream = await listen(order.key, `till-cart=${token}`)
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    await prisma.order.update({ where, data: { userId, guestHash: null } })
    await stream.ended
  })

  it('HEAD ends at once, without a stream', async () => {
    const { cookie, order } = await shopperWithOrder()
    await stranger(shop.url).head(`/orders/${order.key}/events`).set('cookie', cookie).expect(200)
  })
})

describe('the order watch', () => {
  const log = pino({ level: 'silent' })
  const ignore = { sendState: () => undefined, end: () => undefined }

  /** An order watch on its own database pool, and the number of its queries. */
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

  it('many watchers share one query per second, and no query runs without watchers', async () => {
    const { watch, asked, close } = openWatch()
    const orders: (KnownOrder & { link: string })[] = []
    for (let count = 0; count < 5; count++) {
      const { order } = await shopperWithOrder()
      orders.push({ ...order, link: hashToken(await newAccessToken(shop.database.prisma, order.id)) })
    }
    const sent: string[] = []
    const leave = Array.from({ length: 300 }, (_, index) => {
      const { key, link } = orders[index % orders.length] ?? { key: '', link: '' }
      return watch.add({ key, userId: index, guestHash: null, orderLinks: [link] }, 'pending', {
        ...ignore,
        sendState: (state) => sent.push(`${key} ${state}`),
      })
    })
    const [first] = orders
    if (first) await settleReports(shop, reportOfSession(first, 'paid'))
    await expect.poll(() => sent.length, soon).toBe(60)
    expect(new Set(sent)).toEqual(new Set([`${first?.key ?? ''} paid`]))
    expect(asked()).toBeGreaterThanOrEqual(1)
    expect(asked()).toBeLessThanOrEqual(3)

    for (const stop of leave) stop()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = asked()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(asked()).toBe(before)
    await close()
  })

  it('a stream sends heartbeats, ends after its lifetime, and stops watching', async () => {
    const { watch, asked, close } = openWatch()
    const { order, email } = await shopperWithOrder()
    const { id: userId } = await shop.database.prisma.user.findUniqueOrThrow({ where: { email } })
    const watched = { key: order.key, userId, guestHash: null, orderLinks: [] }
    const app = express().get('/', (_request, response) => {
      const times = { heartbeat: 0.2, lifetime: 1, reconnect: 3 }
      streamOrder(response, watch, watched, 'pending', times)
    })
    const { text } = await supertest(app).get('/').expect(200)
    expect(text).toMatch(/^retry: 3000\n\nevent: state\ndata: pending\n\n(: still here\n\n){3,5}$/)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = asked()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(asked()).toBe(before)
    await close()
  })

  it('accepts a thousand watchers, and refuses the next', async () => {
    const { watch, close } = openWatch()
    const add = (userId: number) =>
      watch.add({ key: 'ord_none', userId, guestHash: null, orderLinks: [] }, 'pending', ignore)
    for (let userId = 0; userId < 1000; userId++) add(userId)
    expect(() => add(1000)).toThrow(/too_many_watchers/)
    await close()
  })

  it('continues after a database outage', async () => {
    const { cookie, order } = await shopperWithOrder()
    const stream = await listen(order.key, cookie)
    await expect.poll(() => stream.states, soon).toEqual(['pending'])
    shop.proxy.cut()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    shop.proxy.join()
    await settleReports(shop, reportOfSession(order, 'paid'))
    await expect.poll(() => stream.states).toEqual(['pending', 'paid'])
    stream.close()
  })
})
