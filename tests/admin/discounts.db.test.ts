// Discount codes: made by an operator and by command, used by a shopper, listed with their use, and ended.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openFaultyStripe, type FaultyStripe } from '../support/faulty-stripe.js'
import { answerWith } from '../support/faulty-stripe.js'
import { changeSettings } from '../support/change-settings.js'
import { runCommand } from '../support/command.js'
import { newOperator } from '../support/operator.js'
import { hiddenFields, send } from '../support/operated-orders.js'
import { applyCode, payByCard } from '../support/pay-page.js'
import { newShopper, textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

const PATH = '/admin/discounts'
let stripe: FaultyStripe
let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  stripe = await openFaultyStripe()
  shop = await startTestShop({
    environment: { STRIPE_API_BASE: stripe.url },
    settings: { promotionCodes: true },
  })
  stripe.target = new URL(shop.sandbox?.url ?? '')
  operator = (await newOperator(shop)).operator
})
afterEach(() => {
  stripe.fault = null
})
afterAll(async () => {
  await shop.close()
  await stripe.close()
})

const page = async () => (await operator.get(PATH).expect(200)).text
const form = async () => hiddenFields(await page(), PATH)
const codes = async (code: string) => (await shop.stripe.promotionCodes.list({ code })).data

it('a code is made once by two clicks, used, counted and ended', async () => {
  const fields = { ...(await form()), code: 'spring-10', percent: '10', uses: '5' }
  const answers = await Promise.all([1, 2].map(() => send(operator, PATH, fields)))
  expect(answers.map(({ status }) => status)).toContain(303)
  const [made, ...others] = await codes('SPRING-10')
  expect([made?.max_redemptions, others]).toEqual([5, []])

  const { shopper, email } = await newShopper(shop.url)
  const product = await shop.database.prisma.product.findFirstOrThrow({ where: { currency: 'usd' } })
  const { headers } = await shopper.post(`/checkout/${product.id}`).type('form').send({ quantity: '1' })
  const url = headers['location'] ?? ''
  await applyCode(url, 'SPRING-10')
  await payByCard(url)
  await shop.sandbox?.idle()
  const order = () => shop.database.prisma.order.findFirstOrThrow({ where: { email } })
  await expect.poll(async () => (await order()).status, { timeout: 30_000 }).toBe('paid')
  expect((await order()).discountTotal).toBe(Math.round(product.unitAmount / 10))
  expect(textOf(await page())).toMatch(/SPRING-10\s*10 %\s*1 of 5/)
  await send(operator, `${PATH}/${made?.id ?? ''}/end`).expect(303)
  expect((await codes('SPRING-10'))[0]?.active).toBe(false)
  expect(textOf(await page())).toContain('Ended')
  const audited = await shop.database.prisma.auditEntry.findMany({ where: { subject: 'discount' } })
  expect(new Set(audited.map(({ action }) => action))).toEqual(
    new Set(['discount.created', 'discount.ended']),
  )
})

it.each([
  [{ code: 'a b', percent: '10' }, 'letters (A to Z), digits and dashes'],
  [{ code: 'NEITHER' }, 'either a percentage or an amount'],
  [{ code: 'BOTH', percent: '10', amount: '5' }, 'either a percentage or an amount'],
  [{ code: 'MUCH', percent: '101' }, 'at most 100'],
  [{ code: 'NOTHING', amount: '0', currency: 'usd' }, 'more than 0'],
  [{ code: 'WHICH', amount: '5', currency: 'xyz' }, 'code of a currency'],
  [{ code: 'CENTS', amount: '5.001', currency: 'usd' }, ''],
  [{ code: 'OFTEN', percent: '5', uses: '0' }, 'whole number from 1'],
  [{ code: 'OVER', percent: '5', until: '2020-01-01' }, 'This day is over'],
])('%j is refused beside its field, and kept', async (typed, sentence) => {
  const answer = await send(operator, PATH, { ...(await form()), ...typed }).expect(422)
  expect(textOf(answer.text)).toContain(sentence)
  expect(answer.text).toContain(`value="${typed.code}"`)
  expect(await codes(typed.code.replace(' ', '-'))).toEqual([])
})

it('a code that exists is refused by Stripe, and what was typed stays', async () => {
  const twice = { code: 'TWICE', percent: '5' }
  await send(operator, PATH, { ...(await form()), ...twice }).expect(303)
  const answer = await send(operator, PATH, { ...(await form()), ...twice }).expect(422)
  expect(textOf(answer.text)).toContain('already exists')
  const coupons = (await shop.stripe.coupons.list({ limit: 100 })).data
  expect(coupons.filter(({ name }) => name === twice.code)).toHaveLength(1)
})

it('while Stripe is away, the page says so, and the form makes one code afterwards', async () => {
  const fields: Record<string, string> = {
    ...(await form()),
    code: 'AWAY',
    amount: '5',
    currency: 'usd',
    minimum: '20',
    first: 'on',
  }
  // Halfway: the coupon is made, its code is not.
  stripe.fault = (method, path) =>
    method === 'POST' && path.startsWith('/v1/promotion_codes') ? answerWith(500, '{}') : null
  const failed = await send(operator, PATH, fields).expect(503)
  expect(failed.text).toContain('value="AWAY"')
  // Stripe would repeat its answer for the same key.
  expect(hiddenFields(failed.text, PATH)['key']).not.toBe(fields['key'])
  stripe.fault = () => answerWith(500, '{}')
  expect(textOf(await page())).toContain('can’t be listed now')
  stripe.fault = null
  await send(operator, PATH, { ...fields, ...hiddenFields(failed.text, PATH) }).expect(303)
  expect(await codes('AWAY')).toHaveLength(1)
  expect(textOf(await page())).toMatch(/AWAY\s*\$5\.00\s*from \$20\.00, first order only/)
})

it('a form whose answer was lost makes one code when it is sent again', async () => {
  const fields: Record<string, string> = { ...(await form()), code: 'LOST', percent: '5' }
  stripe.fault = (method, path) =>
    method === 'POST' && path.startsWith('/v1/promotion_codes') ? (response) => void response.destroy() : null
  const failed = await send(operator, PATH, fields).expect(503)
  stripe.fault = null
  expect(hiddenFields(failed.text, PATH)['key']).toBe(fields['key'])
  await send(operator, PATH, { ...fields, ...hiddenFields(failed.text, PATH) }).expect(303)
  expect(await codes('LOST')).toHaveLength(1)
})

it('a code can be used until its last day is over in the shop’s time zone', async () => {
  await changeSettings(shop, { timeZone: 'America/New_York' })
  const year = new Date().getUTCFullYear() + 1
  const fields = { ...(await form()), code: 'LASTDAY', percent: '5', until: `${year}-07-14` }
  await send(operator, PATH, fields).expect(303)
  const [made] = await codes('LASTDAY')
  expect(new Date((made?.expires_at ?? 0) * 1000).toISOString()).toBe(`${year}-07-15T03:59:59.000Z`)
})

it('npm run discounts does the same', async () => {
  const discounts = (...words: string[]) => runCommand(shop, 'discounts', ...words)
  expect((await discounts('add', 'winter', '--percent', '12.5')).output).toBe('Made WINTER.')
  expect((await discounts('add', 'winter')).output).toBe('--percent: Enter either a percentage or an amount.')
  const [{ id } = { id: '' }] = await codes('WINTER')
  expect((await discounts('list')).output).toMatch(new RegExp(`${id} +WINTER +12\\.5 %`))
  expect((await discounts('end', id)).output).toBe(`${id} has ended.`)
  expect((await discounts('end', 'promo_none')).code).toBe(1)
})
