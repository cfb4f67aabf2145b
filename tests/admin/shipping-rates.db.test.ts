// Shipping rates on the operator's pages.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ratesFor } from '../../src/shipping/rates.js'
import { newOperator } from '../support/operator.js'
import { auditOf, hiddenFields, send } from '../support/operated-orders.js'
import { textOf, type Shopper } from '../support/shopper.js'
import { startTestShop, type TestShop } from '../support/shop.js'

let shop: TestShop
let operator: Shopper
beforeAll(async () => {
  shop = await startTestShop({ sandbox: false })
  operator = (await newOperator(shop)).operator
})
afterAll(() => shop.close())

const PATH = '/admin/shipping'
const GOOD = {
  name: 'Post',
  countries: 'de, at',
  currency: 'EUR',
  amount: '4.90',
  freeFrom: '50',
  days: '2-4',
}
const offered = async (country: string, itemsTotal: number) =>
  (await ratesFor(shop.database.prisma, { country, currency: 'eur', itemsTotal })).map(
    ({ name, amount }) => `${name} ${amount}`,
  )
const rateId = async (name: string) =>
  (await shop.database.prisma.shippingRate.findFirstOrThrow({ where: { name } })).id

it('a rate is added, changed, removed and offered again', async () => {
  await shop.database.prisma.product.updateMany({
    where: { currency: 'eur' },
    data: { requiresShipping: true },
  })
  expect(textOf((await operator.get(PATH)).text)).toContain('No rate is in EUR')
  await send(operator, PATH, GOOD).expect(303)
  expect(await offered('DE', 4999)).toEqual(['Post 490'])
  expect(await offered('AT', 5000)).toEqual(['Post 0'])
  expect(await offered('CH', 5000)).toEqual([])
  const list = textOf((await operator.get(PATH)).text)
  expect(list).not.toContain('No rate is in EUR')
  expect(list).toMatch(/Post.*€4\.90.*€50\.00.*2–4 business days.*Austria, Germany/s)

  const path = `${PATH}/${await rateId('Post')}`
  const form = hiddenFields((await operator.get(path).expect(200)).text, path)
  const all = { ...form, ...GOOD, countries: 'all', except: 'US', freeFrom: '' }
  await send(operator, path, all).expect(303)
  expect([await offered('CH', 5000), await offered('US', 5000)]).toEqual([['Post 490'], []])
  await send(operator, `${path}/remove`).expect(303)
  expect(await offered('CH', 5000)).toEqual([])
  expect((await operator.get(PATH)).text).not.toContain(`href="${path}"`)
  expect((await operator.get(`${PATH}?all=yes`)).text).toContain(`href="${path}"`)
  await send(operator, `${path}/restore`).expect(303)
  expect(await offered('CH', 5000)).toEqual(['Post 490'])
  expect(await auditOf(shop, 'shipping_rate', String(await rateId('Post')))).toEqual([
    'shipping_rate.added',
    'shipping_rate.changed name,translations,countries,currency,amount,freeFrom,minDays,maxDays',
    'shipping_rate.changed active',
    'shipping_rate.changed active',
  ])
})

it('what is wrong is said for each field at once, and what was typed stays', async () => {
  const count = await shop.database.prisma.shippingRate.count()
  const wrong = { name: '', countries: 'UK', currency: 'xyz', amount: 'much', freeFrom: '0', days: '5-2' }
  const { text } = await send(operator, PATH, wrong).expect(422)
  const said = textOf(text)
  for (const sentence of ['A rate needs a name', 'Great Britain is GB', 'is not a currency', 'is not a time'])
    expect(said).toContain(sentence)
  expect(said).toContain('set the amount to 0 instead')
  expect(text).toContain('value="much"')
  expect(await shop.database.prisma.shippingRate.count()).toBe(count)
  await operator.get(`${PATH}/99999`).expect(404)
  await operator.get(`${PATH}/abc`).expect(404)
})

it('the second of two operators is told, and can replace it then', async () => {
  await send(operator, PATH, { ...GOOD, name: 'Courier' }).expect(303)
  const path = `${PATH}/${await rateId('Courier')}`
  const form = hiddenFields((await operator.get(path)).text, path)
  await send(operator, path, { ...GOOD, ...form, name: 'Courier', amount: '9' }).expect(303)
  const late = await send(operator, path, { ...GOOD, ...form, name: 'Rider', amount: '7' }).expect(409)
  expect(textOf(late.text)).toContain('It is “Courier” for €9.00, Austria, Germany. Save again')
  expect(late.text).toContain('value="Rider"')
  // A form that is wrong stays as old as it was.
  const wrong = await send(operator, path, { ...GOOD, ...form, name: '', amount: '7' }).expect(422)
  expect(hiddenFields(wrong.text, path)['seen']).toBe(form['seen'])
  const again = { ...GOOD, ...hiddenFields(late.text, path), name: 'Rider', amount: '7' }
  await send(operator, path, again).expect(303)
  expect(await offered('DE', 100)).toContain('Rider 700')
})
