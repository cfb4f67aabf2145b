// Visits every page of the shop and the pay page, in every state that a shopper can see.
import { setTimeout } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { OrderStatus } from '../../src/generated/prisma/enums.js'
import { runCommand } from '../support/command.js'
import { AuthenticatorApp, secretIn } from '../support/operator.js'
import { PASSWORD } from '../support/shopper.js'
import { CARD, IBAN, sessionOf } from '../support/pay-page.js'
import type { RunningShop } from '../support/shop.js'
import { addVariedProduct } from '../support/variants.js'
import {
  addToCart,
  button,
  fillInDelivery,
  fillInRegistration,
  heading,
  isSignedIn,
  link,
  newAddress,
  onPayPage,
  payByCard,
  payByDebit,
  register,
  signOut,
} from './shopper.js'

export type ShopOnTour = RunningShop & { sandbox: NonNullable<RunningShop['sandbox']> }

/** Called at each stop, with a name that is valid as a file name. */
export type Look = (name: string) => Promise<void>

/** An account whose bank never answers. */
const SILENT_ACCOUNT = '000000000009'

/** Milliseconds after which every process uses changed settings. */
const SETTINGS_ARE_READ_AGAIN = 1100

const MUG = '/assets/images/products/stoneware-mug.svg'
const MUG_IN_CLAY = '/assets/images/products/stoneware-mug-clay.svg'

export type Tour = (page: Page, shop: ShopOnTour, look: Look) => Promise<void>

/** Each needs its own browser profile; they can run at the same time. */
export const tours: readonly Tour[] = [
  lookingAround,
  accounts,
  cart,
  checkout,
  bankDebits,
  vouchers,
  moneyBack,
]

async function lookingAround(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const flask = await addVariedProduct(
    shop,
    ['Colour', 'Size'],
    [
      { values: ['Sage', '500 ml'], stock: 4 },
      { values: ['Sage', '750 ml'], unitAmount: 3400 },
      { values: ['Clay', '750 ml'], unitAmount: 3400, stock: 0 },
    ],
    { name: 'Steel flask', image: MUG },
  )
  for (const [name, path] of [
    ['mail-none', '/dev/mail'],
    ['pricing', '/pricing'],
    ['pricing-second-page', '/pricing?page=2'],
    ['pricing-search', '/pricing?q=cast&category=Kitchen&sort=name'],
    ['pricing-nothing-found', '/pricing?q=teapot'],
    ['product', await productPath(shop, 'pivot-desk-lamp')],
    ['product-few-left', await productPath(shop, 'santoku-knife')],
    ['product-options', `/pricing/${flask.id}`],
    ['product-options-sold-out', `/pricing/${flask.id}?variant=${flask.variants['Clay / 750 ml']?.id}`],
    ['product-sold-out', await productPath(shop, 'end-grain-board')],
    ['payment-link-success', '/payment-success/link'],
    ['privacy', '/privacy'],
    ['api', '/api/docs'],
    ['not-found', '/nothing-here'],
  ]) {
    await page.goto(shop.url + String(path))
    await look(String(name))
  }
}

async function accounts(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await page.goto(shop.url + (await productPath(shop, 'oak-desk-tray')))
  await button(page, 'Purchase').click()
  await heading(page, 'Sign in')
  await look('sign-in')
  await page.getByLabel('Email').fill('nobody@shopper.example')
  await page.getByLabel('Password').fill('not the password')
  await button(page, 'Sign in').click()
  await page.getByRole('alert').waitFor()
  await look('sign-in-refused')

  await page.goto(`${shop.url}/register`)
  await look('register')
  // Disables the browser's form validation, so that the shop validates.
  await page.evaluate(`document.querySelector('form[action="/register"]').noValidate = true`)
  await page.getByLabel('Email').fill('ada@shopper')
  await button(page, 'Create account').click()
  await page.getByText('Please enter your name.').waitFor()
  await look('register-errors')

  const email = await register(page, shop.url)
  await link(page, 'Your account').click()
  await heading(page, 'Your account')
  await look('account')
  await page.getByLabel('Current password').fill('not the password')
  await page.getByLabel('New password').fill('quite another password')
  await button(page, 'Change password').click()
  await page.getByText('isn’t your current password').waitFor()
  await look('account-errors')
  await page.goto(`${shop.url}/dev/mail`)
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click()
  await page.locator('pre').getByRole('link').click()
  await heading(page, 'Confirm your email')
  await look('verify-email')
  await button(page, 'Confirm my email').click()
  await heading(page, 'Your email is confirmed')
  await look('verify-email-done')
  await page.reload()
  await heading(page, 'This link no longer works')
  await look('verify-email-invalid')
  await newEmail(page, shop, look)
  await addresses(page, shop, look)
  await twoSteps(page, shop, look, email)
  await signOut(page)
  await page.goto(`${shop.url}/login`)
  await link(page, 'Forgot your password?').click()
  await look('forgot-password')
  await page.getByLabel('Email').fill(email)
  await button(page, 'Send reset link').click()
  await heading(page, 'Check your email')
  await look('forgot-password-sent')
  await page.goto(`${shop.url}/dev/mail`)
  const mail = page.getByRole('listitem').filter({ hasText: email }).filter({ hasText: 'Set a new password' })
  await mail.getByRole('link').click()
  await page.locator('pre').getByRole('link').click()
  await heading(page, 'Set a new password')
  await look('reset-password')
  await page.goto(`${shop.url}/password/reset/used`)
  await look('reset-password-used-link')
  await leaving(page, shop, look)
}

async function newEmail(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await page.goto(`${shop.url}/account`)
  await page.getByText('Change your email').click()
  const email = newAddress()
  await page.getByLabel('New email').fill(email)
  await page.getByRole('region', { name: 'Email' }).getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Send a link').click()
  await page.getByText(`Waiting for you to confirm ${email}`).waitFor()
  await look('account-new-email')
  await page.goto(`${shop.url}/dev/mail`)
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click()
  await page.locator('pre').getByRole('link').click()
  await heading(page, 'Confirm your new email')
  await look('change-email')
  await page.goto(`${shop.url}/account`)
  await button(page, 'Keep my email').click()
}

async function addresses(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await page.goto(`${shop.url}/account/addresses/new`)
  await page.evaluate(`document.querySelector('form[action="/account/addresses/new"]').noValidate = true`)
  await button(page, 'Save address').click()
  await page.getByText('Choose a country.').waitFor()
  await look('address-errors')
  await page.getByLabel('Street and number').fill('Kastanienallee 12')
  await page.getByLabel('City').fill('Berlin')
  await page.getByLabel('Country').selectOption('DE')
  await button(page, 'Save address').click()
  await page.getByText('Your address is saved.').waitFor()
  await look('addresses')
}

async function twoSteps(page: Page, shop: ShopOnTour, look: Look, email: string): Promise<void> {
  await page.goto(`${shop.url}/account/second-factor`)
  await look('second-factor')
  const app = new AuthenticatorApp(secretIn(await page.content()))
  await page.getByLabel('Code from the app').fill(app.code())
  await page.getByLabel('Current password').fill(PASSWORD)
  await button(page, 'Turn on').click()
  await heading(page, 'Your recovery codes')
  await look('recovery-codes')
  await signOut(page)
  await page.goto(`${shop.url}/login`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Sign in').click()
  await heading(page, 'Enter your code')
  await look('sign-in-code')
  await page.getByLabel('Code').fill(app.code())
  await button(page, 'Continue').click()
  await page.goto(`${shop.url}/account/second-factor`)
  await look('second-factor-on')
  await page.getByLabel('Current password').fill(PASSWORD)
  await button(page, 'Turn off two-step sign-in').click()
  await page.getByText('Two-step sign-in is off.').waitFor()
}

async function leaving(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await register(page, shop.url)
  await page.goto(`${shop.url}/account/delete`)
  await look('delete-account')
  await page.getByLabel('Current password').fill(PASSWORD)
  await button(page, 'Delete my account').click()
  await heading(page, 'Your account is deleted')
  await look('account-deleted')
}

async function cart(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await page.goto(`${shop.url}/cart`)
  await look('cart-empty')
  await addProduct(page, shop, 'nesting-bowls')
  await look('cart-added')
  await link(page, 'Continue shopping').click()
  await look('pricing-with-cart')
  await addProduct(page, shop, 'salt-cellar', 3)
  await page.goto(`${shop.url}/cart`)
  await look('cart-two-currencies')
  await button(page, 'Check out in euros').click()
  await heading(page, 'Sign in')
  await look('cart-sign-in')
  await register(page, shop.url)
  await page.goto(`${shop.url}/cart`)
  await look('cart-joined')

  const { prisma } = shop.database
  const like = await prisma.product.findUniqueOrThrow({
    where: { slug: 'salt-cellar' },
    omit: { id: true, translations: true },
  })
  const change = (slug: string, data: object) => prisma.product.update({ where: { slug }, data })
  for (const [slug, name] of [
    ['tour-gone', 'Ruler of a very long name, in case that somebody writes one'],
    ['tour-sold-out', 'Blotter'],
    ['tour-few', 'Bookend'],
    ['tour-dearer', 'Paper knife'],
  ] as const) {
    await prisma.product.create({ data: { ...like, slug, name, stock: 30 } })
    await addProduct(page, shop, slug, 20)
  }
  await change('tour-dearer', { unitAmount: 5000 })
  await page.goto(`${shop.url}/cart`)
  await look('cart-new-price')
  await change('tour-gone', { active: false })
  await change('tour-sold-out', { stock: 0 })
  await change('tour-few', { stock: 3 })
  await button(page, 'Check out in US dollars').click()
  await page.getByRole('alert').waitFor()
  await look('cart-refused')
  await button(page, /^Change to 3/).click()
  for (const name of [/^Remove Ruler/, 'Remove Blotter']) await button(page, name).click()
  await look('cart-removed')
  await button(page, 'Check out in US dollars').click()
  await heading(page, 'Checkout')
  await look('cart-checkout')
  await button(page, /^Pay /).click()
  await onPayPage(page)
  await link(page, /^(← )?Back to /).click()
  await page.getByText('No charge was made').waitFor()
  await look('cart-after-cancelling')
  await prisma.product.updateMany({ where: { slug: { startsWith: 'tour-' } }, data: { active: false } })
}

async function checkout(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await register(page, shop.url)
  await page.goto(`${shop.url}/account/purchases`)
  await look('purchases-none')
  await unpaidPages(page, shop, look)
  await payPages(page, shop, look)
}

async function unpaidPages(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const tray = await productPath(shop, 'oak-desk-tray')
  const checkout = tray.replace('/pricing/', '/checkout/')
  await page.goto(`${shop.url}${checkout}?quantity=2`)
  await look('checkout')
  await page.goto(`${shop.url}${checkout}?quantity=99`)
  await look('checkout-fewer')
  await page.goto(shop.url + (await productPath(shop, 'end-grain-board')).replace('/pricing/', '/checkout/'))
  await look('checkout-sold-out')
  await deliveries(page, shop, look)

  const { sessionId, successUrl, orderUrl } = await purchase(page, shop, 'oak-desk-tray')
  await look('pay')
  await button(page, /^Pay /).click()
  await look('pay-fields-missing')
  await page.getByText('Test cards and accounts').click()
  await look('pay-test-cards')
  await link(page, /^(← )?Back to /).click()
  await page.getByText('No charge was made').waitFor()
  await look('product-after-cancelling')
  await page.goto(successUrl)
  await look('success-not-paid')
  await page.goto(orderUrl)
  await look('order-not-paid')

  await shop.stripe.checkout.sessions.expire(sessionId)
  await shop.sandbox.idle()
  await page.goto(`${shop.sandbox.url}/c/pay/${sessionId}`)
  await look('pay-expired')
  await page.goto(successUrl)
  await look('success-expired')
  await page.goto(orderUrl)
  await look('order-expired')
}

async function deliveries(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const { prisma } = shop.database
  const like = await prisma.product.findUniqueOrThrow({
    where: { slug: 'salt-cellar' },
    omit: { id: true, translations: true },
  })
  const data = { ...like, slug: 'tour-delivered', name: 'Paper weight', requiresShipping: true }
  const { id } = await prisma.product.create({ data })
  const checkout = `${shop.url}/checkout/${id}`
  await page.goto(checkout)
  await look('checkout-country')
  await page.goto(`${checkout}?country=US`)
  await look('checkout-delivery')
  if (await page.getByText(/^Order summary/).isVisible()) await page.getByText(/^Order summary/).click()
  await look('checkout-summary')
  await page.goto(`${checkout}?country=CU`)
  await look('checkout-not-delivered')
  await page.goto(`${checkout}?country=US`)
  await prisma.product.update({ where: { id }, data: { unitAmount: 4000 } })
  await button(page, /^Pay /).click()
  await page.getByText('The total is').waitFor()
  await look('checkout-changed')
  await prisma.product.update({ where: { id }, data: { currency: 'jpy' } })
  await page.goto(checkout)
  await look('checkout-no-delivery')
  await prisma.product.update({ where: { id }, data: { active: false } })
}

async function payPages(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const { sessionId, orderUrl } = await purchase(page, shop, 'iron-kettle')
  await payByCard(page, CARD.declined)
  await page.getByText('declined').first().waitFor()
  await look('pay-declined')
  await payByCard(page, CARD.threeDSecure)
  await heading(page, 'Confirm this payment')
  await look('pay-authentication')
  await button(page, 'Fail authentication').click()
  await button(page, /^Pay /).waitFor()
  await look('pay-authentication-failed')
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  await look('success-paid')
  await page.goto(orderUrl)
  await look('order-paid')
  await page.goto(`${shop.sandbox.url}/c/pay/${sessionId}`)
  await look('pay-done')

  await page.goto(`${shop.sandbox.url}/c/pay/cs_test_none`)
  await look('pay-not-found')
  await page.goto(shop.sandbox.url)
  await look('sandbox')
}

async function bankDebits(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await register(page, shop.url)
  const waiting = await purchase(page, shop, 'brass-ballpoint')
  await page.getByRole('radio', { name: 'Bank debit' }).check()
  await look('pay-bank-debit')
  await payByDebit(page, SILENT_ACCOUNT)
  await heading(page, 'Your payment is on its way')
  await look('success-on-its-way')
  await page.goto(waiting.orderUrl)
  await look('order-on-its-way')

  const { prisma } = shop.database
  const failing = await purchase(page, shop, 'pivot-desk-lamp')
  await payByDebit(page, IBAN.failing)
  // The bank may answer before this page loads.
  await heading(page, /Your payment (is on its way|didn’t go through)/)
  await becomes(shop, failing.key, 'failed')
  await page.goto(failing.successUrl)
  await look('success-failed')
  await page.goto(failing.orderUrl)
  await look('order-failed')

  const reason = 'Stripe says that 1.00 EUR was paid, and the order is about 149.00 EUR.'
  const { id, key } = await prisma.order.update({
    where: { key: failing.key },
    data: { needsAttention: reason, incidents: [reason] },
  })
  await prisma.mail.create({
    data: {
      kind: 'incident_report',
      to: 'operator@till.example',
      incidents: { create: { kind: 'order_attention', subject: key, orderId: id, message: reason } },
    },
  })
  await page.goto(failing.successUrl)
  await look('success-confirming')
  await page.goto(failing.orderUrl)
  await look('order-confirming')
  await page.goto(`${shop.url}/account/purchases`)
  await look('purchases')
}

async function vouchers(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const email = await register(page, shop.url)
  const { prisma } = shop.database
  // The sandbox never pays a voucher of such an address.
  await prisma.user.update({ where: { email }, data: { email: `fill_never.${email}` } })
  const like = await prisma.product.findUniqueOrThrow({
    where: { slug: 'salt-cellar' },
    omit: { id: true, translations: true },
  })
  const data = { ...like, slug: 'tour-voucher', name: 'Letter scale', currency: 'mxn', unitAmount: 48_000 }
  await prisma.product.create({ data })
  const { orderUrl, successUrl, key } = await purchase(page, shop, 'tour-voucher')
  await page.getByRole('radio', { name: 'OXXO' }).check()
  await look('pay-voucher')
  await page.getByLabel('Full name').fill('Ada Shopper')
  await button(page, /^Pay /).click()
  await heading(page, /with OXXO$/)
  await look('voucher')
  await becomes(shop, key, 'processing')
  await page.goto(successUrl)
  await look('success-voucher')
  await page.goto(orderUrl)
  await look('order-voucher')
  await page.goto(`${shop.url}/account/orders`)
  await look('orders-voucher')
  await prisma.product.update({ where: { slug: 'tour-voucher' }, data: { active: false } })
}

async function moneyBack(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await register(page, shop.url)
  await page.goto(`${shop.url}/account/orders`)
  await look('orders-none')

  const { id: coupon } = await shop.stripe.coupons.create({ percent_off: 10, duration: 'once' })
  await shop.stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon }, code: 'TENOFF' })
  const discounted = await purchase(page, shop, 'nesting-bowls')
  await page.getByText('Add promotion code').click()
  await page.getByLabel('Promotion code').fill('tenoff')
  await button(page, 'Apply').click()
  await button(page, 'Remove the code TENOFF').waitFor()
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  await look('success-discounted')
  const order = await becomes(shop, discounted.key, 'paid')
  const receiptUrl = `${discounted.orderUrl}/receipt`
  await page.goto(receiptUrl)
  await look('receipt')
  const payment_intent = order.attempts[0]?.paymentIntentId ?? ''
  await shop.stripe.refunds.create({ payment_intent, amount: 1000 })
  await becomes(shop, discounted.key, 'partially_refunded')
  await page.goto(discounted.orderUrl)
  await look('order-partly-refunded')
  await page.goto(discounted.successUrl)
  await look('success-partly-refunded')
  await shop.stripe.refunds.create({ payment_intent })
  await becomes(shop, discounted.key, 'refunded')
  await page.goto(discounted.orderUrl)
  await look('order-refunded')
  await page.goto(receiptUrl)
  await look('receipt-refunded')

  await refundsOfOtherCards(page, shop, look)
  await disputes(page, shop, look)
  for (const [name, path] of [
    ['orders', '/account/orders'],
    ['orders-refunded', '/account/orders?show=refunded'],
    ['orders-not-there', '/account/orders?show=unpaid'],
    ['purchases-refunded', '/account/purchases?show=paid'],
  ]) {
    await page.goto(shop.url + String(path))
    await look(String(name))
  }
}

async function refundsOfOtherCards(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  for (const [name, card, status] of [
    ['order-refund-on-its-way', CARD.refundPending, 'pending'],
    ['order-refund-failed', CARD.refundFails, 'failed'],
  ] as const) {
    const { key, orderUrl } = await purchase(page, shop, 'stoneware-mug')
    await payByCard(page, card)
    const order = await becomes(shop, key, 'paid')
    await shop.stripe.refunds.create({ payment_intent: order.attempts[0]?.paymentIntentId ?? '' })
    while ((await shop.database.prisma.refund.count({ where: { order: { key }, status } })) === 0)
      await setTimeout(50)
    await page.goto(orderUrl)
    await look(name)
  }
}

async function disputes(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const asked = await purchase(page, shop, 'stoneware-mug')
  await payByCard(page, CARD.inquiry)
  await becomes(shop, asked.key, 'paid')

  const { key, orderUrl, successUrl } = await purchase(page, shop, 'salt-cellar')
  await payByCard(page, CARD.disputed)
  const { disputes } = await becomes(shop, key, 'disputed')
  await page.goto(successUrl)
  await look('success-disputed')
  await page.goto(orderUrl)
  await look('order-disputed')
  await shop.stripe.disputes.close(disputes[0]?.id ?? '')
  await becomes(shop, key, 'charged_back')
  await page.goto(orderUrl)
  await look('order-charged-back')
  await page.goto(`${orderUrl}/receipt`)
  await look('receipt-charged-back')
}

/** Runs after the other tours, because it changes the settings: delivery, tax on top, tax IDs and phone numbers. */
export async function delivery(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const { prisma } = shop.database
  const cup = await addVariedProduct(
    shop,
    ['Colour', 'Size'],
    [{ values: ['Sage', 'Small'] }, { values: ['Clay', 'Large'], image: MUG_IN_CLAY }],
    { name: 'Travel cup', image: MUG, requiresShipping: true },
  )
  await prisma.shop.updateMany({ data: { tax: 'stripe', taxIds: true, phoneNumbers: true } })
  // A business in the seller's country pays the tax too.
  await shop.stripe.tax.settings.update({ head_office: { address: { country: 'DE' } } })
  await setTimeout(SETTINGS_ARE_READ_AGAIN)
  await register(page, shop.url)
  await page.goto(`${shop.url}/pricing/${cup.id}?variant=${cup.variants['Clay / Large']?.id}`)
  await addToCart(page)
  await addProduct(page, shop, 'stoneware-mug', 2)
  await look('cart-with-options')
  await button(page, /^Check out/).click()
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  await page.getByRole('radio', { name: /^Europe express/ }).check()
  await button(page, 'Pay $105.90 plus tax').waitFor()
  await look('checkout-tax')
  await button(page, 'Pay $105.90 plus tax').click()
  await onPayPage(page)
  const order = await orderAt(page, shop)
  await page.goto(order.orderUrl)
  await look('order-with-delivery-not-paid')
  await page.goBack()
  await look('pay-with-delivery')
  await fillInDelivery(page, { phone: '+49 30 1234567', taxId: ['eu_vat', 'DE123456789'] })
  await button(page, 'Pay $126.02').waitFor()
  await look('pay-with-tax')
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  await look('success-with-delivery')
  const { attempts } = await becomes(shop, order.key, 'paid')
  await page.goto(order.orderUrl)
  await look('order-with-delivery')
  await page.goto(`${order.orderUrl}/receipt`)
  await look('receipt-with-delivery')
  await shop.stripe.refunds.create({ payment_intent: attempts[0]?.paymentIntentId ?? '', amount: 2490 })
  await becomes(shop, order.key, 'partially_refunded')
  await page.goto(`${order.orderUrl}/receipt`)
  await look('receipt-with-delivery-partly-refunded')
}

/** Runs after the other tours, because it changes the settings: orders without an account, terms and invoices. */
export async function guests(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const bowl = await addShippedProduct(shop, 'Breakfast bowl')
  await shop.database.prisma.shop.updateMany({
    data: {
      tax: 'none',
      phoneNumbers: false,
      guestCheckout: true,
      invoices: true,
      newOrderMails: true,
      termsUrl: 'https://shop.example/terms',
      termsVersion: '2026-11',
    },
  })
  await setTimeout(SETTINGS_ARE_READ_AGAIN)
  const checkoutPage = `${shop.url}/checkout/${bowl}?quantity=2&country=DE`
  await page.goto(checkoutPage)
  await look('checkout-guest')
  await page.getByLabel('Email').fill('ada@shopper')
  await button(page, /^Pay /).click()
  await page.getByText('Accept the terms to place your order').waitFor()
  await look('checkout-guest-errors')

  const email = newAddress()
  await orderAsGuest(page, email)
  await look('pay-guest')
  const unpaid = await orderAt(page, shop)
  await page.goto(unpaid.orderUrl)
  await look('order-guest-not-paid')
  await button(page, 'Cancel order').click()
  await page.getByText('This order was canceled').waitFor()
  await look('order-canceled')

  await page.goto(checkoutPage)
  await orderAsGuest(page, email)
  const { key, orderUrl } = await orderAt(page, shop)
  await fillInDelivery(page)
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  await look('success-guest')
  await becomes(shop, key, 'paid')
  const isInvoiced = { key, invoicePdf: { not: null } }
  while ((await shop.database.prisma.order.count({ where: isInvoiced })) === 0) await setTimeout(50)
  await page.goto(orderUrl)
  await look('order-guest')

  await page.context().clearCookies()
  await page.goto(orderUrl)
  await heading(page, 'We can’t find that order')
  await look('order-without-access')
  await page.goto(await linkInMail(page, shop, email, 'is paid'))
  await heading(page, 'Order history')
  await look('order-guest-link')
  await page.goto(`${orderUrl}/receipt`)
  await look('receipt-guest')

  await page.goto(`${shop.url}/register`)
  await fillInRegistration(page, 'Ada Shopper', email)
  await isSignedIn(page)
  await page.goto(await linkInMail(page, shop, email, 'Confirm'))
  await button(page, 'Confirm my email').click()
  await heading(page, 'Your email is confirmed')
  await page.goto(`${shop.url}/account/orders`)
  await link(page, /^Breakfast bowl/).waitFor()
  await look('orders-of-former-guest')
}

/** Runs after the other tours, because it changes the settings: parcels, returns, and saved cards. */
export async function afterPayment(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  const bowl = await addShippedProduct(shop, 'Serving bowl')
  await shop.database.prisma.shop.updateMany({
    data: { tax: 'none', phoneNumbers: false, termsUrl: null, termsVersion: null, returnDays: 30 },
  })
  await setTimeout(SETTINGS_ARE_READ_AGAIN)
  const operate = async (...words: string[]) => {
    const { code, output } = await runCommand(shop, 'orders', ...words)
    if (code !== 0) throw new Error(output)
  }
  await register(page, shop.url)
  const buy = async () => {
    await page.goto(`${shop.url}/checkout/${bowl}?quantity=3&country=DE`)
    await button(page, /^Pay /).click()
    await page.getByRole('group', { name: 'Shipping address' }).waitFor()
    return orderAt(page, shop)
  }
  const { key, orderUrl } = await buy()
  await fillInDelivery(page)
  await page.getByLabel(/^Save /).check()
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')
  const { items } = await becomes(shop, key, 'paid')
  await page.goto(orderUrl)
  await look('order-preparing')
  await operate('address', key, '--line1', 'Kastanienallee 21')
  await operate(
    'ship',
    key,
    '--items',
    `${items[0]?.id}=1`,
    '--carrier',
    'DHL',
    '--tracking',
    '00340434161094042557',
  )
  await page.goto(orderUrl)
  await look('order-partly-shipped')
  await operate('ship', key, '--carrier', 'Bike courier', '--link', 'https://bike.example/42')
  await page.goto(orderUrl)
  await look('order-shipped')
  await operate('delivered', key)
  await page.goto(orderUrl)
  await look('order-delivered')

  for (const reason of ['The glaze of one is chipped.', 'I ordered one too many.']) {
    await page.goto(orderUrl)
    await page.getByText('Return items').click()
    await page.getByLabel(/\(up to \d\)$/).fill('1')
    await page.getByLabel('Reason for the return').fill(reason)
    await look('order-return-form')
    await button(page, 'Request a return').click()
    await page.getByText(reason).waitFor()
    await look('order-return-requested')
  }
  const [chipped, spare] = await shop.database.prisma.return.findMany({
    where: { order: { key } },
    orderBy: { id: 'asc' },
  })
  const [first, second] = [chipped?.key ?? '', spare?.key ?? '']
  await operate('returns', 'decline', second, '--reason', 'We can’t sell it again, because it was used.')
  await operate(
    'returns',
    'accept',
    first,
    '--answer',
    'Send it to:\nTill Returns\nMug Street 1\n10115 Berlin',
  )
  await page.goto(orderUrl)
  await look('order-return-accepted')
  await operate('returns', 'received', first)
  await page.goto(orderUrl)
  await look('order-return-received')
  await operate('returns', 'refund', first, '--restock')
  await becomes(shop, key, 'partially_refunded')
  await page.goto(orderUrl)
  await look('order-return-refunded')
  await page.goto(`${shop.url}/account/orders`)
  await look('orders-after-payment')

  const unpaid = await buy()
  await look('pay-saved-card')
  await operate('cancel', unpaid.key)
}

/** Runs after the other tours, and visits every mail that they caused. */
export async function mails(page: Page, shop: ShopOnTour, look: Look): Promise<void> {
  await page.goto(`${shop.url}/dev/mail`)
  await look('mail')
  await link(page, /is paid$/)
    .first()
    .click()
  await page.getByRole('region', { name: 'The email as plain text' }).waitFor()
  await look('mail-shown')
  const kinds = await shop.database.prisma.mail.findMany({
    where: { sentAt: { not: null } },
    distinct: ['kind'],
    orderBy: { id: 'desc' },
  })
  for (const { id, kind } of kinds) {
    await page.goto(`${shop.url}/dev/mail/${id}/html`)
    await look(`mail-${kind.replaceAll('_', '-')}`)
  }
}

/** A product that is shipped, without options. @returns its id */
async function addShippedProduct(shop: ShopOnTour, name: string): Promise<number> {
  const change = { name, image: MUG, requiresShipping: true }
  const { id } = await addVariedProduct(shop, [], [{ values: [], unitAmount: 3400 }], change)
  return id
}

/** Fills in the checkout page as a guest, and goes to Stripe's page. */
async function orderAsGuest(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('I accept the terms').check()
  await button(page, /^Pay /).click()
  await onPayPage(page)
}

/** The address of the order in a mail to a guest. */
async function linkInMail(page: Page, shop: ShopOnTour, to: string, subject: string): Promise<string> {
  await page.goto(`${shop.url}/dev/mail`)
  await page
    .getByRole('listitem')
    .filter({ hasText: to })
    .filter({ hasText: subject })
    .getByRole('link')
    .click()
  const mail = page.getByRole('region', { name: 'The email as plain text' })
  return (await mail.getByRole('link').first().getAttribute('href')) ?? ''
}

async function addProduct(page: Page, shop: ShopOnTour, slug: string, quantity = 1): Promise<void> {
  await page.goto(shop.url + (await productPath(shop, slug)))
  await page.getByLabel('Quantity').fill(String(quantity))
  await addToCart(page)
}

async function productPath(shop: ShopOnTour, slug: string): Promise<string> {
  const { id } = await shop.database.prisma.product.findUniqueOrThrow({ where: { slug } })
  return `/pricing/${id}`
}

/** Waits until Stripe's events give the order this status. */
async function becomes({ database }: ShopOnTour, key: string, status: OrderStatus) {
  const where = { key }
  for (;;) {
    const include = { attempts: true, disputes: true, items: true }
    const order = await database.prisma.order.findUniqueOrThrow({ where, include })
    if (order.status === status) return order
    await setTimeout(50)
  }
}

/** Goes from the product's page to Stripe's page, signed in. */
async function purchase(page: Page, shop: ShopOnTour, slug: string) {
  const path = await productPath(shop, slug)
  await page.goto(shop.url + path)
  await button(page, 'Purchase').click()
  await onPayPage(page)
  const order = await orderAt(page, shop)
  const success = path.replace('/pricing/', '/payment-success/')
  return { ...order, successUrl: `${shop.url}${success}?session_id=${order.sessionId}` }
}

/** The order that Stripe's page asks to pay. */
async function orderAt(page: Page, shop: ShopOnTour) {
  const sessionId = sessionOf(page.url())
  const { order } = await shop.database.prisma.checkoutAttempt.findUniqueOrThrow({
    where: { stripeSessionId: sessionId },
    include: { order: true },
  })
  return { sessionId, key: order.key, orderUrl: `${shop.url}/orders/${order.key}` }
}
