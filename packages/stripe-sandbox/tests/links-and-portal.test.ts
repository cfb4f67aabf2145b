// Payment links and the customer portal.
import type Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { advance, createClock, customerWithCard, day, monthlyPrice } from './support/billing-scenarios.js'
import { createWorld, errorOf, idOf, payByForm, postForm, type World } from './support/world.js'

let world: World
let stripe: Stripe

beforeAll(async () => {
  world = await createWorld()
  stripe = world.stripe
})
afterAll(() => world.close())

/** Opens a link as a browser does, and returns the URL it leads to. */
async function open(link: { url: string }, query = ''): Promise<string> {
  const response = await fetch(`${link.url}${query}`, { redirect: 'manual' })
  expect(response.status).toBe(303)
  return new URL(response.headers.get('location') ?? '', link.url).href
}

const mug: Stripe.PaymentLinkCreateParams.LineItem = {
  quantity: 1,
  price_data: { currency: 'usd', unit_amount: 900, product_data: { name: 'Mug' } },
}

test('a payment link opens a session per visit, up to its limit', async () => {
  const link = await stripe.paymentLinks.create({
    line_items: [mug],
    metadata: { season: 'spring' },
    after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: 'Come again!' } },
    restrictions: { completed_sessions: { limit: 2 } },
  })
  const [first, second] = [await open(link, '?client_reference_id=ada-7'), await open(link)]
  expect(first).not.toBe(second)
  const paid = await payByForm(first)
  // There is no URL to return to, so the page itself says that it is paid.
  expect(paid.headers.get('location')).toBe(new URL(first).pathname)
  expect(await (await fetch(first)).text()).toContain('Come again!')
  const { data } = await stripe.checkout.sessions.list({ payment_link: link.id })
  expect(data).toHaveLength(2)
  expect(data[1]).toMatchObject({
    status: 'complete',
    client_reference_id: 'ada-7',
    metadata: { season: 'spring' },
    amount_total: 900,
    success_url: null,
  })
  await payByForm(second)
  expect((await stripe.paymentLinks.retrieve(link.id)).restrictions).toEqual({
    completed_sessions: { count: 2, limit: 2 },
  })
  expect(await (await fetch(link.url)).text()).toContain('This link is no longer active')
})

test('an inactive link, and a link that leads back to the shop', async () => {
  const link = await stripe.paymentLinks.create({
    line_items: [mug],
    after_completion: {
      type: 'redirect',
      redirect: { url: 'http://127.0.0.1:3000/thanks?session={CHECKOUT_SESSION_ID}' },
    },
  })
  const page = await open(link)
  const paid = await payByForm(page)
  expect(paid.headers.get('location')).toBe(
    `http://127.0.0.1:3000/thanks?session=${page.split('/').at(-1) ?? ''}`,
  )
  await stripe.paymentLinks.update(link.id, { active: false, inactive_message: 'The market is closed.' })
  expect(await (await fetch(link.url)).text()).toContain('The market is closed.')
})

test('a link with a recurring price starts subscriptions', async () => {
  const price = await monthlyPrice(stripe)
  const link = await stripe.paymentLinks.create({ line_items: [{ price: price.id, quantity: 1 }] })
  await payByForm(await open(link))
  const [session] = (
    await stripe.checkout.sessions.list({ payment_link: link.id, expand: ['data.subscription'] })
  ).data
  expect(session).toMatchObject({ mode: 'subscription', subscription: { status: 'active' } })
})

test('in the portal a customer cancels, changes their mind, and changes the card', async () => {
  const clock = await createClock(stripe, '2027-01-01T00:00:00Z')
  const customer = await customerWithCard(stripe, 'pm_card_chargeCustomerFail', { test_clock: clock.id })
  const price = await monthlyPrice(stripe)
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    trial_period_days: 10,
  })
  const { url } = await stripe.billingPortal.sessions.create({
    customer: customer.id,
    return_url: 'http://127.0.0.1:3000/account',
  })
  const page = async (): Promise<string> => (await fetch(url)).text()
  expect(await page()).toContain('Free until 2027-01-11')
  expect(await page()).toContain('ending in 0341')

  expect((await postForm(`${url}/cancel`, { subscription: id })).status).toBe(303)
  expect(await page()).toContain('Ends on 2027-01-11')
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at_period_end: true })
  await postForm(`${url}/renew`, { subscription: id })
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    cancel_at_period_end: false,
    canceled_at: null,
  })

  // The card fails at the end of the trial. A new one, after 3-D Secure, pays at the next attempt.
  await advance(world, clock, clock.frozen_time + 10 * day + 2 * 3600)
  expect(await page()).toContain('The last payment failed.')
  const card = { expiry: '12 / 34', cvc: '123' }
  expect((await postForm(`${url}/card`, { ...card, number: '4000000000000002' })).status).toBe(402)
  const asked = await postForm(`${url}/card`, { ...card, number: '4000002500003155' })
  const back = await postForm(asked.headers.get('location') ?? '', { outcome: 'complete' })
  expect(back.headers.get('location')).toContain(`${url}?setup_intent=seti_`)
  expect(await page()).toContain('ending in 3155')
  await advance(world, clock, clock.frozen_time + 14 * day)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  const [invoice] = (await stripe.invoices.list({ subscription: id })).data
  expect(await page()).toContain(invoice?.number ?? 'a number')
  expect(await (await fetch(invoice?.hosted_invoice_url ?? '')).text()).toContain('Mug club')
})

test('a portal shows nothing of another customer, and does only what its configuration allows', async () => {
  const price = await monthlyPrice(stripe)
  const [ada, eve] = [await customerWithCard(stripe), await customerWithCard(stripe)]
  const { id } = await stripe.subscriptions.create({ customer: ada.id, items: [{ price: price.id }] })
  const foreign = await stripe.billingPortal.sessions.create({ customer: eve.id })
  expect((await postForm(`${foreign.url}/cancel`, { subscription: id })).status).toBe(404)
  const closed = await stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  })
  const own = await stripe.billingPortal.sessions.create({ customer: ada.id, configuration: closed.id })
  expect((await postForm(`${own.url}/cancel`, { subscription: id })).status).toBe(404)
  expect((await postForm(`${own.url}/card`, { number: '4242424242424242' })).status).toBe(404)
  expect((await stripe.subscriptions.retrieve(id)).cancel_at).toBeNull()
  const wish = stripe.billingPortal.configurations.create({
    features: { customer_update: { enabled: true } },
  })
  expect((await errorOf(wish)).message).toContain('does not support the parameter features[customer_update]')
  expect(idOf(own.customer)).toBe(ada.id)
})
