import { expect, it } from 'vitest'
import { openOrderOf } from '../support/settled-orders.js'
import { PASSWORD } from '../support/shopper.js'
import { button, heading, openAccountMenu, signOut } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('after signing out, Back shows nothing of the shopper’s', async (test) => {
  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  const { url } = visitors.shop
  const order = await openOrderOf(visitors.shop, email)
  for (const path of ['/account', `/orders/${order.key}`, '/account/orders', '/pricing'])
    await page.goto(url + path)
  await signOut(page)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }).waitFor()
  for (let steps = 0; steps < 5; steps++) {
    await page.goBack()
    const text = await page.locator('body').innerText()
    expect(text).not.toContain('Ada Shopper')
    expect(text).not.toContain(email)
    expect(text).not.toContain(order.key)
  }
})

it('a shopper changes the password and signs out another device, without script', async (test) => {
  const other = await visitors.visit(test, { javaScriptEnabled: false })
  const email = await visitors.signIn(other)
  const { url } = visitors.shop
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  await page.goto(`${url}/login`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Sign in').click()
  await openAccountMenu(page)
  await page.getByRole('banner').getByRole('link', { name: 'Account' }).click()
  await heading(page, 'Your account')
  await button(page, /^Sign out .+ on /).click()
  await page.getByText('That device is signed out').waitFor()
  await other.goto(`${url}/account`)
  await heading(other, 'Sign in')
  await page.getByLabel('Current password').fill(PASSWORD)
  await page.getByLabel('New password').fill('quite another password')
  await button(page, 'Change password').click()
  await page.getByText('Your password has been changed').waitFor()
})

it('an address in another script can be typed', async (test) => {
  const page = await visitors.visit(test)
  const email = `josé.${Date.now()}@bücher.example`
  await page.goto(`${visitors.shop.url}/register`)
  await page.getByLabel('Name').fill('José')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Create account').click()
  await page.locator('[data-account-menu]').getByText('José', { exact: true }).waitFor()
  const user = await visitors.shop.database.prisma.user.findUnique({
    where: { email: email.replace('bücher', 'xn--bcher-kva') },
  })
  expect(user?.name).toBe('José')
})
