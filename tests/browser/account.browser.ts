// What a shopper does with their account in a browser: a new email and password, last month's receipt, a return, buying again,
// and deleting the account.
import { expect, it } from 'vitest'
import { PASSWORD } from '../support/shopper.js'
import { openOrderOf, reportOfSession, settleReports } from '../support/settled-orders.js'
import { button, heading, isSignedIn, link, newAddress, signOut } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('a new email and a new password', async (test) => {
  const page = await visitors.visit(test)
  await visitors.signIn(page)
  const email = newAddress()
  await page.goto(`${visitors.shop.url}/account`)
  await page.getByText('Change your email').click()
  await page.getByLabel('New email').fill(email)
  const region = page.getByRole('region', { name: 'Email' })
  await region.getByLabel('Password', { exact: true }).fill('wrong password')
  await button(page, 'Send a link').click()
  await page.getByText('isn’t your current password').waitFor()
  const field = region.getByLabel('Password', { exact: true })
  expect(await field.evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true)
  await field.fill(PASSWORD)
  await region.getByRole('button', { name: 'Show password' }).click()
  expect(await field.inputValue()).toBe(PASSWORD)
  expect(await field.getAttribute('type')).toBe('text')
  await button(page, 'Send a link').click()
  await page.getByText(`Waiting for you to confirm ${email}`).waitFor()

  await page.goto(`${visitors.shop.url}/dev/mail`)
  await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').click()
  await page.locator('pre').getByRole('link').click()
  await button(page, 'Use this email').click()
  await heading(page, 'Your email is changed')
  await link(page, 'Go to your account').click()

  await page.getByLabel('Current password').fill(PASSWORD)
  await page.getByLabel('New password').fill('quite another password')
  await button(page, 'Change password').click()
  await page.getByText('Your password has been changed').waitFor()
  await signOut(page)
  await page.goto(`${visitors.shop.url}/login`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill('quite another password')
  await button(page, 'Sign in').click()
  await isSignedIn(page)
})

it('last month’s receipt, a return, and the same again', async (test) => {
  const page = await visitors.visit(test)
  const { shop } = visitors
  const { prisma } = shop.database
  const order = await openOrderOf(shop, await visitors.signIn(page), 2)
  await settleReports(shop, reportOfSession(order, 'paid'))
  const [item] = await prisma.orderItem.findMany({ where: { orderId: order.id } })
  const items = { create: { orderItemId: item?.id ?? 0, quantity: 2 } }
  await prisma.shipment.create({ data: { orderId: order.id, deliveredAt: new Date(), items } })
  const lastMonth = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000)
  await prisma.order.update({
    where: { id: order.id },
    data: { fulfilment: 'delivered', createdAt: lastMonth, paidAt: lastMonth },
  })

  await page.goto(`${shop.url}/account/orders`)
  await link(page, /^Receipt/).click()
  await heading(page, 'Receipt')
  const pdf = await page.request.get(`${shop.url}/orders/${order.key}/receipt.pdf`)
  expect(pdf.headers()['content-type']).toBe('application/pdf')

  await page.goto(`${shop.url}/account/orders`)
  await link(page, /^Return/).click()
  await page.getByText('Return items').click()
  await page.getByLabel('Reason for the return').fill('It is too small.')
  await button(page, 'Request a return').click()
  await heading(page, 'Requested')

  await page.goto(`${shop.url}/account/orders`)
  await page.getByText('Return requested').waitFor()
  await button(page, /^Buy again/).click()
  await heading(page, 'Your cart')
  await page
    .getByRole('status')
    .getByText(/^Added the items of order/)
    .waitFor()
})

it('deleting the account', async (test) => {
  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  await page.goto(`${visitors.shop.url}/account`)
  await link(page, 'Delete your account').click()
  await page.getByText('Your saved cards at Stripe are deleted.').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await button(page, 'Delete my account').click()
  await heading(page, 'Your account is deleted')
  await page.goto(`${visitors.shop.url}/login`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Sign in').click()
  await page.getByRole('alert').getByText('Incorrect email or password').waitFor()
})
