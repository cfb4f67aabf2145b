// A purchase without an account: what delivery costs before anything is typed, paying, and finding the order again by its mail.
import { beforeAll, expect, it } from 'vitest'
import { changeSettings } from '../support/change-settings.js'
import { CARD } from '../support/pay-page.js'
import { button, fillInDelivery, heading, link, newAddress, onPayPage, payByCard } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
beforeAll(async () => {
  await changeSettings(visitors.shop, { guestCheckout: true })
  await visitors.shop.database.prisma.product.update({
    where: { slug: 'oak-desk-tray' },
    data: { requiresShipping: true },
  })
})

it('a guest learns what delivery costs, buys, and finds the order again by its mail', async (test) => {
  const page = await visitors.visit(test, { viewport: { width: 390, height: 844 } })
  const { url } = visitors.shop
  await page.goto(`${url}/pricing?q=oak+desk+tray`)
  await link(page, 'Oak desk tray').click()
  await page.getByText(/Ships worldwide/).waitFor()
  await button(page, 'Purchase').click()
  await heading(page, 'Checkout')
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  await button(page, 'Pay $60.90').waitFor()
  await page.getByLabel('Europe express').check()
  await button(page, 'Pay $72.90').waitFor()
  const email = newAddress()
  await page.getByLabel('Email').fill(email)
  await button(page, 'Pay $72.90').click()
  await onPayPage(page)
  await fillInDelivery(page)
  await payByCard(page, CARD.good)
  await heading(page, 'Thank you for your order')

  // Another device, without the browser's cookies.
  const elsewhere = await visitors.visit(test)
  await expect
    .poll(() => visitors.shop.database.prisma.mail.count({ where: { to: email, sentAt: { not: null } } }), {
      timeout: 30_000,
    })
    .toBe(1)
  await elsewhere.goto(`${url}/dev/mail`)
  await elsewhere.getByRole('listitem').filter({ hasText: email }).getByRole('link').click()
  await elsewhere
    .locator('pre')
    .getByRole('link', { name: /\/orders\// })
    .first()
    .click()
  await heading(elsewhere, /^Order T-/)
  await elsewhere.getByText('Kastanienallee 12').first().waitFor()
  await link(elsewhere, 'Print receipt').click()
  await heading(elsewhere, 'Receipt')
})
