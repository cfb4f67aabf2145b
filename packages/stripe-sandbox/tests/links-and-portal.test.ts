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

test('a link asks for an address, a way of delivery, a phone number and a tax ID', async () => {
  const [post, courier] = await Promise.all(
    [500, 1500].map((amount) =>
      stripe.shippingRates.create({
        display_name: `For ${amount}`,
        type: 'fixed_amount',
        fixed_amount: { amount, currency: 'usd' },
      }),
    ),
  )
  const link = await stripe.paymentLinks.create({
    line_items: [mug],
    shipping_address_collection: { allowed_countries: ['DE', 'AT'] },
    shipping_options: [{ shipping_rate: post?.id ?? '' }, { shipping_rate: courier?.id ?? '' }],
    phone_number_collection: { enabled: true },
    tax_id_collection: { enabled: true },
  })
  expect(link).toMatchObject({
    phone_number_collection: { enabled: true },
    shipping_address_collection: { allowed_countries: ['DE', 'AT'] },
    shipping_options: [
      { shipping_amount: 500, shipping_rate: post?.id },
      { shipping_amount: 1500, shipping_rate: courier?.id },
    ],
    tax_id_collection: { enabled: true, required: 'never' },
  })
  const page = await open(link)
  await postForm(`${page}/shipping`, { rate: courier?.id ?? '' })
  const paid = await payByForm(page, {
    ...{ shipping_name: 'Grace Hopper', shipping_line1: 'Kastanienallee 12', shipping_city: 'Berlin' },
    ...{ shipping_postal_code: '10435', shipping_country: 'DE', phone: '+49 30 1234567' },
    ...{ business_name: 'Hopper GmbH', tax_id_type: 'eu_vat', tax_id: 'DE123456789' },
  })
  expect(paid.status).toBe(303)
  const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data
  expect(session).toMatchObject({
    ...{ status: 'complete', amount_subtotal: 900, amount_total: 2400 },
    shipping_cost: { shipping_rate: courier?.id },
    collected_information: { shipping_details: { address: { country: 'DE' } } },
    customer_details: { phone: '+49 30 1234567', tax_ids: [{ type: 'eu_vat', value: 'DE123456789' }] },
  })

  // Sessions that exist keep what they were opened with.
  const before = await open(link)
  await stripe.paymentLinks.update(link.id, {
    ...{ shipping_address_collection: '', shipping_options: '', phone_number_collection: { enabled: false } },
  })
  expect(await (await fetch(await open(link))).text()).not.toContain('Shipping country')
  expect(await (await fetch(before)).text()).toContain('Shipping country')
})

test('a link is refused for what its sessions would be refused for', async () => {
  const refused = async (params: object) =>
    (await errorOf(stripe.paymentLinks.create({ line_items: [mug], ...params }))).message
  expect(await refused({ shipping_options: [{ shipping_rate: 'shr_none' }] })).toContain(
    "No such shipping rate: 'shr_none'",
  )
  expect(await refused({ line_items: Array.from({ length: 21 }, () => mug) })).toContain('at most 20')
  expect(await refused({ optional_items: [{ price: 'price_1', quantity: 1 }] })).toContain('optional_items')
})

test('the URL of a link carries a reference, an email and campaign tags; what is invalid is dropped', async () => {
  const link = await stripe.paymentLinks.create({
    line_items: [mug],
    after_completion: { type: 'redirect', redirect: { url: 'http://127.0.0.1:3000/thanks?a=1' } },
  })
  const page = await open(
    link,
    '?client_reference_id=no%20spaces&prefilled_email=ada%40example.com&utm_source=letter&utm_medium=%3C',
  )
  const html = await (await fetch(page)).text()
  expect(html).toContain('value="ada@example.com"')
  // There is no way back, and no name of a business.
  expect(html).not.toContain('127.0.0.1:3000')
  const paid = await payByForm(page, { email: 'grace@example.com' })
  expect(paid.headers.get('location')).toBe('http://127.0.0.1:3000/thanks?a=1&utm_source=letter')
  const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data
  expect(session).toMatchObject({
    client_reference_id: null,
    customer_details: { email: 'grace@example.com' },
  })
})

test('at its limit a link turns inactive, with an event; quantities can be changed', async () => {
  const link = await stripe.paymentLinks.create({
    line_items: [mug],
    restrictions: { completed_sessions: { limit: 1 } },
  })
  const [line] = (await stripe.paymentLinks.listLineItems(link.id)).data
  await stripe.paymentLinks.update(link.id, { line_items: [{ id: line?.id ?? '', quantity: 3 }] })
  await payByForm(await open(link))
  expect(await stripe.paymentLinks.retrieve(link.id)).toMatchObject({ active: false })
  const [event] = (await stripe.events.list({ type: 'payment_link.updated' })).data
  expect(event?.data).toMatchObject({
    object: { id: link.id, active: false, restrictions: { completed_sessions: { count: 1 } } },
    previous_attributes: { active: true },
  })
  const [session] = (await stripe.checkout.sessions.list({ payment_link: link.id })).data
  expect(session?.amount_subtotal).toBe(2700)
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
