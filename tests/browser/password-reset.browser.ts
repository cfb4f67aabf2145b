import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { PASSWORD } from '../support/shopper.js'
import { button, heading, isSignedIn, link, signOut } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await button(page, 'Sign in').click()
}

it('the link in the reset email sets a new password, and works once', async (test) => {
  const page = await visitors.visit(test)
  const email = await visitors.signIn(page)
  await page.goto(`${visitors.shop.url}/pricing`)
  await signOut(page)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Sign in' }).click()
  await link(page, 'Forgot your password?').click()
  await page.getByLabel('Email').fill(email)
  await button(page, 'Send reset link').click()
  await heading(page, 'Check your email')
  await link(page, 'read it here').click()

  const mail = page.getByRole('listitem').filter({ hasText: email }).filter({ hasText: 'Set a new password' })
  await mail.getByRole('link').click()
  const opened = page.waitForEvent('popup')
  await page.frameLocator('iframe').getByRole('link', { name: 'Set a new password' }).click()
  const reset = await opened
  await reset.getByLabel('New password').fill('quite another password')
  await button(reset, 'Save password').click()
  await reset.getByText('Your password has been changed').waitFor()

  await signOut(reset)
  await reset.goto(`${visitors.shop.url}/login`)
  await signIn(reset, email, PASSWORD)
  await reset.getByRole('alert').getByText('Incorrect email or password').waitFor()
  await signIn(reset, email, 'quite another password')
  await isSignedIn(reset)

  await page.getByRole('region', { name: 'The email as plain text' }).getByRole('link').click()
  await heading(page, 'This link no longer works')
  expect(await link(page, 'Request a new link').getAttribute('href')).toBe('/password/forgot')
})
