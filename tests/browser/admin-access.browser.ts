// Operators in a browser: invited, with the authenticator app that production asks for, and by keyboard.
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { AuthenticatorApp, PRODUCTION } from '../support/operator.js'
import { runCommand } from '../support/command.js'
import { PASSWORD } from '../support/shopper.js'
import { button, heading, link, newAddress } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors(PRODUCTION)

/** Opens the link of an invitation, and creates the account. Production then asks for an authenticator app. */
async function acceptInvitation(page: Page, role: 'operator' | 'owner'): Promise<string> {
  const email = newAddress()
  const options = role === 'owner' ? ['--owner'] : []
  const { output } = await runCommand(visitors.shop, 'operators', 'invite', email, ...options)
  const [invitation = ''] = /\/operators\/invitation\/\S+/.exec(output) ?? []
  await page.goto(visitors.shop.url + invitation)
  await page.getByLabel('Name').fill('Grace Keeper')
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Accept').click()
  await page.getByRole('img', { name: /^QR code/ }).waitFor()
  return email
}

const keyOn = async (page: Page) => (await page.locator('code').innerText()).replaceAll(' ', '')

/** Enters the first code of an app. @returns the app, with its recovery codes */
async function setUpApp(page: Page): Promise<AuthenticatorApp> {
  const app = new AuthenticatorApp(await keyOn(page))
  await page.getByLabel('Enter the six digits').fill(app.code())
  await button(page, 'Set up').click()
  await heading(page, 'Your recovery codes')
  await link(page, 'I have kept them').waitFor()
  app.recoveryCodes = await page.locator('.a-codes code').allInnerTexts()
  await link(page, 'I have kept them').click()
  await heading(page, 'Home')
  return app
}

it('a new owner gets in with an authenticator app alone, and signs in with it, without script', async (test) => {
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  const email = await acceptInvitation(page, 'owner')
  await page.goto(`${visitors.shop.url}/admin/orders`)
  const key = await keyOn(page)
  await page.getByLabel('Enter the six digits').fill('000000')
  await button(page, 'Set up').click()
  await page.getByText('That code is wrong').waitFor()
  expect(await keyOn(page)).toBe(key)
  // Chromium reports the answer 422.
  visitors.takeFaults(page)
  await page.goto(`${visitors.shop.url}/admin`)
  const app = await setUpApp(page)
  const [recoveryCode = ''] = app.recoveryCodes
  await link(page, 'Grace Keeper').click()
  await page.getByText('Recovery codes left').waitFor()

  for (const code of [() => app.code(), () => recoveryCode]) {
    await button(page, 'Sign out').click()
    await page.goto(`${visitors.shop.url}/login?next=/admin/operators`)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await button(page, 'Sign in').click()
    await heading(page, 'Enter a code')
    await page.getByLabel(/^Code from/).fill(code())
    await button(page, 'Continue').click()
    await heading(page, 'Operators')
  }
  const other = newAddress()
  await page.getByLabel('Email').fill(other)
  await button(page, 'Send invitation').click()
  await page.getByText('on its way by email').waitFor()
  await page.getByText(`${other}, operator`).waitFor()
})

it('an operator who is no owner goes to pages by keyboard, and not to those of owners', async (test) => {
  const page = await visitors.visit(test)
  await acceptInvitation(page, 'operator')
  await setUpApp(page)
  expect(await link(page, 'Operators').count()).toBe(0)
  await page.keyboard.press('/')
  const palette = page.getByRole('dialog', { name: 'Go to' })
  await palette.getByRole('combobox').fill('aud')
  await page.keyboard.press('Enter')
  await heading(page, 'Audit log')
  await page.getByRole('cell', { name: 'operator.signed_in' }).first().waitFor()
  await page.keyboard.press('Control+k')
  await palette.getByRole('combobox').fill('hea')
  await page.keyboard.press('ArrowDown')
  expect(await palette.getByRole('option', { selected: true }).innerText()).toContain(
    'Search orders for “hea”',
  )
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await heading(page, 'Health')
  await page.goto(`${visitors.shop.url}/admin/operators`)
  await heading(page, 'Only owners can do this')
  visitors.takeFaults(page)
  await link(page, 'Back').click()
})
