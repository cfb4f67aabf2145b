// A guest at the checkout page: what they typed stays, and what is wrong is said beside the field.
import { beforeAll, expect, it } from 'vitest'
import { changeSettings } from '../support/change-settings.js'
import { addAxe, problemsOf } from './axe.js'
import { button, heading, onPayPage } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()
let productId: number

beforeAll(async () => {
  await changeSettings(visitors.shop, { guestCheckout: true })
  const { prisma } = visitors.shop.database
  const { id } = await prisma.product.update({
    where: { slug: 'stoneware-mug' },
    data: { requiresShipping: true },
  })
  productId = id
})

it.for([
  ['with script', {}],
  ['without script', { javaScriptEnabled: false }],
] as const)('a guest enters an address on a phone, %s', async ([, options], test) => {
  const page = await visitors.visit(test, { viewport: { width: 320, height: 640 }, ...options })
  const hasScript = !('javaScriptEnabled' in options)
  if (hasScript) await addAxe(page)
  await page.goto(`${visitors.shop.url}/pricing/${productId}`)
  await button(page, 'Purchase').click()
  await heading(page, 'Checkout')
  const email = page.getByLabel('Email')

  // The total can be seen before the address is entered.
  await page.getByLabel('Country').selectOption({ label: 'Germany' })
  if (!hasScript) await button(page, 'Show delivery options').click()
  await button(page, 'Pay $40.90').waitFor()
  const signIn = page.locator('main').getByRole('link', { name: 'Sign in' })
  expect(await signIn.getAttribute('href')).toContain(encodeURIComponent('country=DE'))

  await email.fill('ada@shopper')
  await page.getByLabel('Europe express').check()
  if (!hasScript) await page.getByRole('button', { name: 'Update' }).last().click()
  await button(page, 'Pay $52.90').waitFor()
  expect(await email.inputValue()).toBe('ada@shopper')

  await button(page, 'Pay $52.90').click()
  await page.getByText('Enter a valid email').waitFor()
  expect(await email.getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator(':focus').getAttribute('id')).toBe('email')
  // The browser reports the answer's status.
  visitors.takeFaults(page)
  if (hasScript) {
    const looks = [
      { size: 'phone', colorScheme: 'light' },
      { size: 'desktop', colorScheme: 'dark' },
    ] as const
    expect(await problemsOf(page, looks)).toEqual([])
  }

  await email.fill('ada@shopper.example')
  await button(page, 'Pay $52.90').click()
  await onPayPage(page)
})
