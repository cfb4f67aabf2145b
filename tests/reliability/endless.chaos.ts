// Bodies that never end do not block other requests, and are dropped within about a minute.
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { engine } from '../support/postgres/test-database.js'
import { deliver, openOrder, sessionEvent } from '../support/events.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
})
afterAll(() => shop.close())

const HEAD = 'POST /stripe/webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nStripe-Signature: t=1,v1=00\r\n'

/** Resolves to the server's response when the server closes the connection. */
function endlessBody(howItBegins: string): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(Number(new URL(shop.url).port), '127.0.0.1')
    let said = ''
    const drip = setInterval(() => socket.write('x'), 1000)
    socket.on('data', (data) => (said += data.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(drip)
      resolve(said)
    })
    socket.write(howItBegins)
  })
}

it('with 100 endless bodies open, events still settle, and every body ends with a 408', async () => {
  const began = Date.now()
  const drips = Promise.all(
    Array.from({ length: 100 }, (_none, index) =>
      endlessBody(
        `${HEAD}${index % 2 ? 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n8000\r\n' : 'Content-Length: 9000\r\n\r\n'}`,
      ),
    ),
  )
  for (let count = 0; count < 20; count++)
    await deliver(shop, sessionEvent(shop, await openOrder(shop), 'checkout.session.completed')).expect(200)
  const settledAfter = (Date.now() - began) / 1000
  const said = await drips
  const seconds = (Date.now() - began) / 1000
  console.log(
    `${engine()}: 20 events settled in ${settledAfter.toFixed(1)} s beside 100 endless bodies, which ended after ${seconds.toFixed(0)} s`,
  )
  expect(settledAfter).toBeLessThan(20)
  expect(seconds).toBeLessThan(75)
  expect(new Set(said.map((answer) => answer.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']))
  expect(await shop.database.prisma.stripeEvent.count()).toBe(20)
})
