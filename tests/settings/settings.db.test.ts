// The owner's settings: what they accept, and that every process of the shop uses a change within a second.
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSettings } from '../../src/settings/read-settings.js'
import { runCommand } from '../support/command.js'
import { formatDatesIn } from '../../src/messages/format-date.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { newShopper } from '../support/shopper.js'

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(async () => {
  formatDatesIn('UTC')
  await shop.close()
})

const set = (...words: string[]) => runCommand(shop, 'settings', 'set', ...words)
const pricing = async () => (await supertest(shop.url).get('/pricing')).text

describe('what a setting accepts', () => {
  it.each([
    [['name', 'Mug', '&', 'Co'], /^name +Mug & Co/m],
    [['support-email', 'help@mugs.example'], /^support-email +help@mugs\.example/m],
    [['support-email', 'None'], /^support-email +none/m],
    [['company', 'Mug & Co Ltd', '1 High Street\\nLeeds'], /Mug & Co Ltd \/ 1 High Street \/ Leeds/],
    [['company', 'none'], /^company +none/m],
    [['time-zone', 'Europe/Berlin'], /^time-zone +Europe\/Berlin/m],
    [['promotion-codes', 'On'], /^promotion-codes +on/m],
    [['currency', 'EUR'], /^currency +eur/m],
    [['currency', 'jpy'], /New ones are in Japanese yen\.$/],
    [['tax-ids', 'on'], /^tax-ids +on/m],
    [['tax-ids', 'on'], /Tax IDs are asked for once tax is stripe/],
    [['tax', 'Stripe'], /^tax +stripe/m],
    [['tax', 'stripe'], /Stripe Tax is ready.*registration.*https:\/\/dashboard\.stripe\.com\/settings\/tax/],
    [['tax', 'none'], /^tax +none/m],
    [['prices-include-tax', 'on'], /^prices-include-tax +on/m],
    [['phone-numbers', 'on'], /^phone-numbers +on/m],
    [['voucher-days', '7'], /^voucher-days +7/m],
    [['voucher-days', '7'], /^SETTING.*\nvoucher-days.*$/],
    [
      ['new-order-mails', 'on'],
      /^new-order-mails +on .*\n\nThey go to OPERATOR_EMAIL\. Without it, nobody gets/m,
    ],
    [['new-order-mails', 'off'], /^SETTING.*\nnew-order-mails +off .*$/],
    [
      ['api-origins', 'https://Front.example/', 'http://localhost:5173,https://front.example'],
      /^api-origins +https:\/\/front\.example http:\/\/localhost:5173 /m,
    ],
    [['api-origins', 'none'], /^api-origins +none/m],
  ])('%j', async (words, shown) => {
    const { code, output } = await set(...words)
    expect(output).toMatch(shown)
    expect(code).toBe(0)
  })

  it.each([
    [['name', ' '], 'name needs a name.'],
    [['name', 'x'.repeat(61)], 'name has at most 60 characters.'],
    [['name', 'two\nlines'], 'name is one line without control characters.'],
    [['support-email', 'help'], 'support-email is an email address, or none.'],
    [['time-zone', 'Mars/Olympus'], 'time-zone is the name of a time zone, such as UTC'],
    [['promotion-codes', 'maybe'], 'promotion-codes is on or off.'],
    [
      ['currency', 'xyz'],
      'currency is the code of a currency that Stripe supports, such as usd, eur or jpy.',
    ],
    [['currency', 'US', 'dollars'], 'currency is the code of a currency that Stripe supports'],
    [['tax', 'vat'], 'tax is none or stripe.'],
    [['prices-include-tax', 'yes'], 'prices-include-tax is on or off.'],
    [['voucher-days', '0'], 'voucher-days is at least 1 day.'],
    [['voucher-days', '8'], 'voucher-days is at most 7 days.'],
    [['voucher-days', '2.5'], 'voucher-days is a whole number of days from 1 to 7.'],
    [['voucher-days', 'three'], 'voucher-days is a whole number of days from 1 to 7.'],
    [['voucher-days', ''], 'voucher-days is a whole number of days from 1 to 7.'],
    [['company', ...Array.from({ length: 9 }, () => 'line')], 'company has at most 8 lines.'],
    ...[
      'https://front.example/shop',
      'http://front.example',
      'https://*.example',
      'front.example',
      '*',
      '',
    ].map((origin): [string[], string] => [
      ['api-origins', origin],
      'api-origins lists origins such as https://',
    ]),
    [['company'], 'Which value? company is the seller on receipts'],
    [['colour', 'red'], 'There is no setting "colour". Settings: name, support-email, company'],
  ])('not %j', async (words, message) => {
    const { code, output } = await set(...words)
    expect(output).toContain(message)
    expect(code).toBe(1)
  })
})

it('pages, receipts and mails follow a change while the shop runs', async () => {
  await set('name', 'Mug <&> Co')
  await set('support-email', 'help@mugs.example')
  await set('company', 'Mug & Co Ltd', 'VAT GB 123')
  await set('time-zone', 'Asia/Kolkata')
  await expect.poll(pricing).toContain('Mug &lt;&amp;&gt; Co')
  await expect.poll(pricing).toContain('mailto:help@mugs.example')

  const { shopper } = await newShopper(shop.url)
  const { id } = await shop.database.prisma.product.findFirstOrThrow({ where: { currency: 'usd' } })
  const { headers } = await shopper.post(`/checkout/${id}`)
  await payByCard(headers['location'] ?? '')
  await shop.sandbox?.idle()
  const { key } = await shop.database.prisma.order.findFirstOrThrow({ orderBy: { id: 'desc' } })
  const receipt = (await shopper.get(`/orders/${key}/receipt`)).text
  expect(receipt).toContain('Mug &amp; Co Ltd<br>VAT GB 123')
  expect(receipt).toContain('GMT+5:30')

  const mail = await expect
    .poll(() => shop.database.prisma.mail.findFirst({ where: { order: { key }, sentAt: { not: null } } }))
    .not.toBeNull()
    .then(() => shop.database.prisma.mail.findFirstOrThrow({ where: { order: { key } } }))
  expect(mail.text).toContain('Mug <&> Co\nMug & Co Ltd\nVAT GB 123\nQuestions? help@mugs.example')
  expect(mail.html).toContain('VAT GB 123')
})

it('Stripe’s page accepts promotion codes after the owner allows them', async () => {
  const { shopper } = await newShopper(shop.url)
  const product = () =>
    shop.database.prisma.product.findFirstOrThrow({ where: { currency: 'usd' }, orderBy: { id: 'desc' } })
  const session = async () => {
    const { headers } = await shopper.post(`/checkout/${(await product()).id}`)
    return shop.stripe.checkout.sessions.retrieve(sessionOf(headers['location'] ?? ''))
  }
  await set('promotion-codes', 'off')
  const settings = await openSettings(shop.database.prisma)
  expect((await settings()).promotionCodes).toBe(false)
  await set('promotion-codes', 'on')
  await expect.poll(async () => (await settings()).promotionCodes).toBe(true)
  expect((await session()).allow_promotion_codes).toBe(true)
})
