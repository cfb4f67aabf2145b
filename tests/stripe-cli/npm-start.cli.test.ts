// `npm run stripe` beside a shop with its own sandbox, started with its defaults.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_ACCOUNT } from '../../src/accounts/demo-account.js'
import { removePostgres } from 'dev-postgres'
import { newDataDir, spawnShop, untilOpen, type ShopProcess } from '../support/shop-process.js'
import { sessionOf } from '../support/pay-page.js'
import { patternOf, stranger } from '../support/shopper.js'
import { npmRun, type RunningScript } from './npm-run.js'

let shop: ShopProcess
let listen: RunningScript | undefined

beforeAll(async () => {
  shop = await spawnShop(newDataDir())
  await untilOpen(shop)
})
afterAll(async () => {
  await listen?.stop()
  shop.process.kill('SIGTERM')
  await shop.ended
  await removePostgres(shop.dataDir)
  rmSync(shop.dataDir, { recursive: true, force: true })
})

const stripe = (...words: string[]) => npmRun('stripe', words, { DATA_DIR: shop.dataDir })

test('listen forwards events that the shop accepts, and trigger pays an order', async () => {
  listen = stripe('listen', '--all-snapshot', '--forward-to', `${shop.url}/stripe/webhook`)
  await listen.until('Ready!')

  const shopper = stranger(shop.url)
  const { email, password } = DEMO_ACCOUNT
  await shopper.post('/login').type('form').send({ email, password }).expect(303)
  const path = `/checkout/${await patternOf(shopper)}`
  const { headers } = await shopper.post(path).type('form').send({ quantity: '2' }).expect(303)
  const found = await stripe('get', sessionOf(String(headers['location']))).ended
  const session = JSON.parse(found.output) as { amount_total: number; metadata: Record<string, string> }

  const { order_key: orderKey, app } = session.metadata
  const { code, output } = await stripe(
    ...['trigger', 'checkout.session.completed'],
    ...['--override', `price:unit_amount=${session.amount_total / 2}`],
    ...['--override', `payment_page_confirm:expected_amount=${session.amount_total}`],
    ...['--add', `checkout_session:metadata.order_key=${orderKey}`],
    ...['--add', `checkout_session:metadata.app=${app}`],
  ).ended
  expect({ code, output }).toMatchObject({ code: 0 })
  await listen.until('[200] POST', 6)
  expect(listen.output()).toContain('checkout.session.completed')
  expect(listen.output()).not.toMatch(/\[[45]\d\d\] POST/)
  await expect
    .poll(async () => (await shopper.get('/api/orders')).body as unknown)
    .toMatchObject({ orders: [{ status: 'paid' }] })
})
