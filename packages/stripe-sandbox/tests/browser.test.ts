// The pay page and the portal in a browser.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChromium } from './support/chromium.js'
import { createExaminer, type Examiner } from './support/examine.js'
import { createSession, createWorld, idOf, payByApi, type World } from './support/world.js'

describe('in a browser', () => {
  let world: World
  let shop: Server
  let shopUrl: string
  let browser: Browser
  let page: Page
  let examiner: Examiner
  const errors: string[] = []

  beforeAll(async () => {
    world = await createWorld()
    shop = createServer((_request, response) =>
      response.setHeader('Content-Type', 'text/html').end('<h1>The shop</h1>'),
    )
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
    shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
    browser = await openChromium()
    page = await browser.newPage({ bypassCSP: false })
    page.setDefaultTimeout(10_000)
    examiner = await createExaminer(page)
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 4')) errors.push(message.text())
    })
  })
  afterAll(async () => {
    await browser.close()
    await world.close()
    shop.close()
  })

  async function open(currency = 'usd'): Promise<string> {
    const session = await createSession(
      world.stripe,
      {
        success_url: `${shopUrl}/done?s={CHECKOUT_SESSION_ID}`,
        cancel_url: `${shopUrl}/back`,
        customer_email: undefined as never,
      },
      currency,
    )
    await page.goto(session.url ?? '')
    return session.id
  }

  async function fillCard(number: string): Promise<void> {
    await page.getByLabel('Email', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Card number', { exact: true }).pressSequentially(number)
    await page.getByLabel('Expiration', { exact: true }).pressSequentially('1234')
    await page.getByLabel('CVC', { exact: true }).fill('123')
    await page.getByLabel('Name on card', { exact: true }).fill('Ada Lovelace')
    await page.getByLabel('Country', { exact: true }).selectOption('US')
    await page.getByLabel('ZIP or postal code', { exact: true }).fill('94103')
  }

  const pay = (): Promise<void> => page.getByRole('button', { name: 'Pay $20.00', exact: true }).click()

  test('a typed card is grouped and charged, and the customer returns to the shop', async () => {
    const id = await open()
    await fillCard('4242424242424242')
    expect(await page.getByLabel('Card number').inputValue()).toBe('4242 4242 4242 4242')
    expect(await page.getByLabel('Expiration').inputValue()).toBe('12 / 34')
    await pay()
    await page.waitForURL(`${shopUrl}/done?s=${id}`)
    expect((await world.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid')
  })

  test('mistakes are shown before the form is sent', async () => {
    const id = await open()
    await fillCard('4242424242424241')
    await pay()
    await page.getByText('Your card number is incorrect.').waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('number')
    expect((await world.stripe.checkout.sessions.retrieve(id)).payment_intent).toBeNull()
  })

  test('declined, then 3-D Secure failed, then passed', async () => {
    const id = await open()
    await fillCard('4000000000000002')
    await pay()
    await page.getByRole('alert').getByText('Your card was declined.').waitFor()
    await fillCard('4000000000003220')
    await pay()
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    await page.getByRole('alert').getByText('unable to authenticate').waitFor()
    await fillCard('4000000000003220')
    await pay()
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    await page.waitForURL(`${shopUrl}/done?s=${id}`)
  })

  test('a bank debit, filled from the list of test accounts', async () => {
    const id = await open('eur')
    await page.getByLabel('Bank debit').check()
    expect(await page.getByLabel('Card number').isVisible()).toBe(false)
    await page.getByLabel('IBAN or account number', { exact: true }).waitFor()
    await page.getByText('Test cards and accounts').click()
    await page.getByRole('button', { name: 'AT611904300234573201' }).click()
    await page.getByRole('button', { name: 'Pay €20.00' }).click()
    await page.waitForURL(`${shopUrl}/done?s=${id}`)
    expect((await world.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('unpaid')
  })

  test('a test number can be clicked once the script has loaded', async () => {
    let arrive = (): void => undefined
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    await page.route('**/assets/pay.js', async (route) => {
      await arrived
      await route.continue()
    })
    const opened = open()
    const number = page.getByRole('button', { name: '4242 4242 4242 4242', includeHidden: true })
    await number.waitFor({ state: 'attached' })
    expect(await number.isDisabled()).toBe(true)
    arrive()
    await opened
    expect(await number.isDisabled()).toBe(false)
    await page.unroute('**/assets/pay.js')
  })

  test('by keyboard alone, and the Back button', async () => {
    await open()
    await page.getByLabel('Email').focus()
    await page.keyboard.type('ada@example.com')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    for (const text of ['4242424242424242', '1234', '123', 'Ada']) {
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Tab')
    await page.keyboard.type('94103')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${shopUrl}/done**`)
    await open()
    await page.getByRole('link', { name: /Back to/ }).click()
    await page.waitForURL(`${shopUrl}/back`)
  })

  test('a promotion code, mistyped and then right', async () => {
    const coupon = await world.stripe.coupons.create({ percent_off: 25 })
    await world.stripe.promotionCodes.create({
      promotion: { type: 'coupon', coupon: coupon.id },
      code: 'QUARTER',
    })
    const session = await createSession(world.stripe, {
      success_url: `${shopUrl}/done`,
      allow_promotion_codes: true,
    })
    await page.goto(session.url ?? '')
    await page.getByText('Add promotion code').click()
    await page.getByLabel('Promotion code').fill('quarte')
    await page.keyboard.press('Enter')
    await page.getByText('This code is invalid.').waitFor()
    await examiner.examine('promotion code refused')
    await page.getByLabel('Promotion code').fill('quarter')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('button', { name: 'Pay $15.00' }).waitFor()
    await examiner.examine('promotion code')
    expect(examiner.take()).toEqual([])
    await page.getByRole('button', { name: 'Remove the code QUARTER' }).click()
    await page.getByRole('button', { name: 'Pay $20.00' }).waitFor()
  })

  test('shipping: an address, an option, and everything is visible', async () => {
    const way = (display_name: string, amount: number) => ({
      shipping_rate_data: { display_name, fixed_amount: { amount, currency: 'usd' } },
    })
    const session = await createSession(world.stripe, {
      success_url: `${shopUrl}/done`,
      billing_address_collection: 'required',
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ['US', 'CA', 'GB'] },
      shipping_options: [way('Post', 500), way('Courier', 1500)],
      line_items: [
        {
          quantity: 1,
          adjustable_quantity: { enabled: true },
          price_data: { currency: 'usd', unit_amount: 1000, product_data: { name: 'Mug' } },
        },
      ],
    })
    await page.goto(session.url ?? '')
    await page.getByRole('textbox', { name: 'Quantity of Mug' }).fill('2')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Pay $25.00' }).waitFor()
    await page.getByRole('button', { name: 'Courier' }).click()
    await page.getByRole('button', { name: 'Pay $35.00' }).waitFor()
    await page.setViewportSize({ width: 320, height: 640 })
    await examiner.examine('a parcel')
    expect(examiner.take()).toEqual([])
    await page.getByLabel('Phone').fill('+1 555 0100')
    await page.getByLabel('Full name').fill('Ada Lovelace')
    for (const index of [0, 1]) {
      await page.getByLabel('Street and number').nth(index).fill('1 Street')
    }
    // The fields of the shipping address are those of its country.
    await page.getByLabel('Shipping country').selectOption('GB')
    await page.getByLabel('Postcode', { exact: true }).waitFor()
    expect(await page.locator('#shipping_state').isVisible()).toBe(false)
    await page.getByLabel('Shipping country').selectOption('CA')
    await page.getByLabel('City', { exact: true }).fill('Ottawa')
    await page.getByLabel('Province', { exact: true }).fill('ON')
    await page.getByLabel('Postal code', { exact: true }).fill('K1A 0B1')
    await page.getByLabel('Town or city', { exact: true }).fill('Town')
    await page.getByLabel('Card number').fill('4242424242424242')
    await page.getByLabel('Expiration').pressSequentially('1234')
    await page.getByLabel('CVC').fill('123')
    await page.getByLabel('Name on card').fill('Ada Lovelace')
    await page.getByLabel('ZIP or postal code').fill('94103')
    await page.getByRole('button', { name: 'Pay $35.00' }).click()
    await page.waitForURL(`${shopUrl}/done`)
    const paid = await world.stripe.checkout.sessions.retrieve(session.id)
    expect(paid.collected_information?.shipping_details?.address.country).toBe('CA')
  })

  test('a name of one long word does not widen the page', async () => {
    const name = 'Wörterbuch'.repeat(8)
    const session = await createSession(world.stripe, {
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 2000, product_data: { name } } },
      ],
    })
    await page.goto(session.url ?? '')
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const places = await page.evaluate<{ of: number; from: number }>(
        `({ of: document.querySelector('.due').scrollWidth - document.querySelector('.due').clientWidth,
            from: document.documentElement.scrollWidth - innerWidth })`,
      )
      expect(places, String(width)).toEqual({ of: 0, from: 0 })
    }
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  test('the tax depends on the country, and payment waits until it is shown', async () => {
    const session = await createSession(world.stripe, {
      success_url: `${shopUrl}/done`,
      automatic_tax: { enabled: true },
    })
    await page.goto(session.url ?? '')
    await page.getByText('Depends on your country').waitFor()
    await examiner.examine('tax unknown')
    await page.getByLabel('Card number', { exact: true }).fill('4242424242424242')
    await page.getByRole('button', { name: 'Pay $21.60' }).waitFor()
    await page.getByLabel('Expiration', { exact: true }).pressSequentially('1234')
    await page.getByLabel('CVC', { exact: true }).fill('123')
    await page.getByLabel('Name on card', { exact: true }).fill('Ada Lovelace')
    // Pressed at once, before the new total arrives.
    await page.route('**/tax', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.continue()
    })
    await page.getByLabel('Country', { exact: true }).selectOption('DE')
    await page.getByRole('button', { name: 'Pay $21.60' }).click()
    await page.getByRole('alert').getByText('The total has changed.').waitFor()
    await page.unroute('**/tax')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Pay $23.80')
    await examiner.examine('tax of Germany')
    expect(examiner.take()).toEqual([])
    await page.getByRole('button', { name: 'Pay $23.80' }).click()
    await page.waitForURL(`${shopUrl}/done`)
    const paid = await world.stripe.checkout.sessions.retrieve(session.id)
    expect(paid.total_details?.amount_tax).toBe(380)
  })

  test('a business enters its tax ID, and its tax goes away', async () => {
    const session = await createSession(world.stripe, {
      success_url: `${shopUrl}/done`,
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
    })
    await page.goto(session.url ?? '')
    await page.getByLabel('Country', { exact: true }).selectOption('DE')
    await page.getByRole('button', { name: 'Pay $23.80' }).waitFor()
    await page.getByLabel('Business name').fill('Mugs GmbH')
    await page.getByLabel('Type of tax ID').selectOption('eu_vat')
    await page.getByLabel('Tax ID', { exact: true }).fill('DE123456789')
    await page.getByLabel('Card number', { exact: true }).fill('4242424242424242')
    await page.getByRole('button', { name: 'Pay $20.00' }).waitFor()
    await page.getByText('reverse charge').waitFor()
    await examiner.examine('a business')
    expect(examiner.take()).toEqual([])
    await page.getByLabel('Expiration', { exact: true }).pressSequentially('1234')
    await page.getByLabel('CVC', { exact: true }).fill('123')
    await page.getByLabel('Name on card', { exact: true }).fill('Ada Lovelace')
    await page.getByRole('button', { name: 'Pay $20.00' }).click()
    await page.waitForURL(`${shopUrl}/done`)
    const paid = await world.stripe.checkout.sessions.retrieve(session.id)
    expect(paid.customer_details?.tax_ids).toEqual([{ type: 'eu_vat', value: 'DE123456789' }])
  })

  test('a voucher is chosen, and its page says where to pay it', async () => {
    const id = await open('brl')
    await page.getByLabel('Boleto').check()
    expect(await page.getByLabel('Card number').isVisible()).toBe(false)
    await page.getByLabel('Email', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Full name').fill('Ada Lovelace')
    await page.getByRole('button', { name: 'Pay R$20.00' }).click()
    await page.getByText('Enter a CPF with 11 digits').waitFor()
    await page.getByLabel('CPF or CNPJ').fill('000.000.000-00')
    await page.getByRole('button', { name: 'Pay R$20.00' }).click()
    await page.getByRole('heading', { name: 'Pay R$20.00 with Boleto' }).waitFor()
    expect((await world.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('unpaid')
  })

  test('the tax without script: a button shows it', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const plain = await context.newPage()
    const session = await createSession(world.stripe, { automatic_tax: { enabled: true } })
    await plain.goto(session.url ?? '')
    await plain.getByLabel('Country (for tax)').selectOption('GB')
    await plain.getByRole('button', { name: 'Show tax' }).click()
    await plain.getByText('VAT 20%').waitFor()
    await plain.getByRole('button', { name: 'Pay $24.00' }).waitFor()
    expect(await plain.getByLabel('Country', { exact: true }).inputValue()).toBe('GB')
    await context.close()
  })

  test('without script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const plain = await context.newPage()
    const session = await createSession(world.stripe, { success_url: `${shopUrl}/done` })
    await plain.goto(session.url ?? '')
    await plain.getByLabel('Card number').fill('4242 4242 4242 4242')
    await plain.getByLabel('Expiration').fill('12/34')
    await plain.getByLabel('CVC').fill('123')
    await plain.getByLabel('Name on card').fill('Ada')
    await plain.getByLabel('ZIP or postal code').fill('94103')
    await plain.getByRole('button', { name: 'Pay $20.00' }).click()
    await plain.waitForURL(`${shopUrl}/done`)
    await context.close()
  })

  test('two quick presses: one charge', async () => {
    const id = await open()
    await fillCard('4242424242424242')
    await page.getByRole('button', { name: 'Pay $20.00' }).dblclick({ noWaitAfter: true })
    await page.waitForURL(`${shopUrl}/done?s=${id}`)
    const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(id)
    const { data } = await world.stripe.charges.list({ payment_intent: idOf(intent) })
    expect(data).toHaveLength(1)
  })

  test('every page is accessible in light and dark, and fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    const id = await open()
    await page.getByText('Test cards and accounts').click()
    await examiner.examine('pay')
    await page.getByRole('button', { name: '4000 0000 0000 0002' }).click()
    await pay()
    await page.getByRole('alert').getByText('declined').waitFor()
    await examiner.examine('declined')
    await page.getByLabel('Bank debit').check()
    await pay()
    await examiner.examine('problems')
    await page.getByText('Test cards and accounts').click()
    await page.getByLabel('Card', { exact: true }).check()
    await page.getByRole('button', { name: '4000 0000 0000 3220' }).click()
    await pay()
    await page.getByRole('button', { name: 'Complete authentication' }).waitFor()
    await examiner.examine('3-D Secure')
    await payByApi(world.stripe, { id })
    await page.goto(`${world.sandbox.url}/c/pay/${id}`)
    await examiner.examine('complete')
    const [charge] = (await world.stripe.charges.list({ limit: 1 })).data
    await page.goto(charge?.receipt_url ?? '')
    await examiner.examine('receipt')
    expect(examiner.take()).toEqual([])
  })

  test.each(['usd', 'eur'])(
    'the test numbers never make the page scroll sideways, in %s, whatever the font',
    async (currency) => {
      await page.setViewportSize({ width: 320, height: 640 })
      await open(currency)
      await page.getByText('Test cards and accounts').click()
      for (const size of ['16px', '20px', '24px']) {
        const width = await page.evaluate(
          `document.documentElement.style.fontSize = '${size}'; document.documentElement.scrollWidth`,
        )
        expect(`${size}: ${String(width)}`).toBe(`${size}: 320`)
      }
    },
  )

  test('there were no errors in the console', () => {
    expect(errors).toEqual([])
  })

  test('a form of another site, with the key in its address, changes nothing', async () => {
    const { port, secretKey } = world.sandbox
    // 127.0.0.1 is another site than localhost.
    await page.goto(shopUrl.replace('127.0.0.1', 'localhost'))
    for (const host of ['127.0.0.1', 'localhost']) {
      const action = `http://${secretKey}:@${host}:${port}/v1/webhook_endpoints`
      await page.setContent(
        `<form method="post" action="${action}"><input name="url" value="${shopUrl}"><input name="enabled_events[]" value="*"><button>Win a prize</button></form>`,
      )
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes('/v1/webhook_endpoints')),
        page.getByRole('button').click(),
      ])
      expect(answer.status()).toBe(403)
    }
    const registered = (await world.stripe.webhookEndpoints.list()).data.map(({ url }) => url)
    expect(registered).not.toContain(shopUrl)
  })
})
