// The control panel in a browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChromium } from './support/chromium.js'
import { createExaminer } from './support/examine.js'
import { createSession, createWorld, idOf, payByApi, payByForm, type World } from './support/world.js'

describe('the panel in a browser', () => {
  let world: World
  let browser: Browser
  let page: Page
  const errors: string[] = []

  beforeAll(async () => {
    world = await createWorld()
    browser = await openChromium()
    // The panel must work without script.
    page = await browser.newPage({ javaScriptEnabled: false })
    page.setDefaultTimeout(10_000)
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
  })
  afterAll(async () => {
    await browser.close()
    await world.close()
  })

  test('a payment is found, refunded in part, disputed, and the dispute won, without script', async () => {
    const session = await createSession(world.stripe, { client_reference_id: 'order-77' })
    await payByApi(world.stripe, session)
    await page.goto(world.sandbox.url)
    await page.getByRole('link', { name: 'Sessions', exact: true }).click()
    await page.getByRole('searchbox').fill('order-77')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: '$20.00' }).click()
    await page.locator('dl').getByRole('link', { name: /^pi_/ }).click()
    await page.getByLabel('Amount').fill('5')
    await page.getByRole('button', { name: 'Refund' }).click()
    await page.getByRole('status').getByText('$5.00 refunded.').waitFor()
    await page.getByRole('button', { name: 'Raise it' }).click()
    await page.getByRole('link', { name: 'Dispute', exact: true }).click()
    await page.getByRole('textbox', { name: 'Evidence' }).fill('winning_evidence')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.getByText('charge.dispute.funds_reinstated').waitFor()
    const [dispute] = (await world.stripe.disputes.list()).data
    expect(dispute).toMatchObject({ status: 'won', amount: 1500 })
  })

  test('every page is accessible in light and dark, and fits the smallest phone', async () => {
    const { stripe, sandbox } = world
    const scripted = await browser.newPage({ viewport: { width: 320, height: 640 } })
    const examiner = await createExaminer(scripted)
    const customer = await stripe.customers.create({ email: 'grace@example.com', name: 'Grace' })
    const session = await createSession(stripe, { customer: customer.id, customer_email: undefined as never })
    await payByApi(stripe, session, 'pm_card_createDispute')
    const debit = await createSession(stripe, {}, 'eur')
    await payByForm(debit.url, { method: 'bank_debit', account: 'AT611904300234573201' })
    const other = await createSession(stripe)
    await payByApi(stripe, other)
    const paidIntent = idOf((await stripe.checkout.sessions.retrieve(other.id)).payment_intent)
    const refund = await stripe.refunds.create({ payment_intent: paidIntent, amount: 500 })
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: (Date.now() / 1000) | 0 })
    const subscriber = await stripe.customers.create({
      email: 'a.person.with.a.rather.long.address@example.com',
      test_clock: clock.id,
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 1500,
      recurring: { interval: 'month' },
      product_data: { name: 'A box of tea every month' },
    })
    const subscription = await stripe.subscriptions.create({
      customer: subscriber.id,
      items: [{ price: price.id }],
    })
    const due = await stripe.invoices.create({ customer: subscriber.id, auto_advance: false })
    await sandbox.idle()
    const [dispute] = (await stripe.disputes.list({ limit: 1 })).data
    const [event] = (await stripe.events.list({ type: 'checkout.session.completed' })).data
    const [endpoint] = (await stripe.webhookEndpoints.list()).data
    const paths = [
      '/',
      '/sessions',
      `/sessions/${debit.id}`,
      '/payments',
      `/payments/${paidIntent}`,
      '/customers',
      `/customers/${customer.id}`,
      `/customers/${subscriber.id}`,
      '/subscriptions',
      `/subscriptions/${subscription.id}`,
      '/invoices',
      `/invoices/${idOf(subscription.latest_invoice)}`,
      `/invoices/${due.id}`,
      '/refunds',
      `/refunds/${refund.id}`,
      '/disputes',
      `/disputes/${dispute?.id ?? ''}`,
      '/events',
      `/events/${event?.id ?? ''}`,
      '/deliveries',
      '/faults',
      '/endpoints',
      `/endpoints/${endpoint?.id ?? ''}`,
      '/cards',
    ]
    for (const path of paths) {
      await scripted.goto(sandbox.url + path)
      expect(await scripted.getByText('no money moves').count(), path).toBe(1)
      await scripted.locator('.clock summary').click()
      await examiner.examine(path)
    }
    expect(examiner.take()).toEqual([])
    expect(errors).toEqual([])
    await scripted.close()
  }, 90_000)
})
