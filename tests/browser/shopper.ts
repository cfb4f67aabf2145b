// A shopper's actions in a browser, which find elements by their labels.
import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../support/shopper.js'

/** Waits until the page shows this heading. */
export function heading(page: Page, name: string | RegExp): Promise<void> {
  return page.getByRole('heading', { name }).waitFor()
}

/** Waits for Stripe's page. */
export function onPayPage(page: Page): Promise<void> {
  return page.getByLabel('Card number').waitFor()
}

export function button(page: Page, name: string | RegExp) {
  return page.getByRole('button', { name })
}

export function link(page: Page, name: string | RegExp) {
  return page.getByRole('link', { name })
}

/** Goes from a product's page to its checkout page. */
export async function checkOut(page: Page): Promise<void> {
  await page.waitForURL('**/pricing/*')
  await page.goto(page.url().replace('/pricing/', '/checkout/'))
}

export function newAddress(): string {
  return `ada.${randomBytes(4).toString('hex')}@shopper.example`
}

/** Waits for a page of someone who is signed in. */
export function isSignedIn(page: Page): Promise<void> {
  return page.locator('[data-account-menu]').waitFor()
}

/** Opens the menu of the account, in the header. */
export async function openAccountMenu(page: Page): Promise<void> {
  await page.locator('[data-account-menu] > summary').click()
}

export async function signOut(page: Page): Promise<void> {
  await openAccountMenu(page)
  await button(page, 'Sign out').click()
}

/** Adds to the cart what the page shows, and goes there. With script, the page stays; without, it is the cart's. */
export async function addToCart(page: Page, name: string | RegExp = 'Add to cart'): Promise<void> {
  await button(page, name).click()
  await page
    .getByText(/^Added “.+” to your cart\./)
    .first()
    .waitFor()
  if (!page.url().includes('/cart')) await link(page, 'View cart').click()
  await heading(page, 'Your cart')
}

/** Fills in and submits the registration form. @returns the email address */
export async function fillInRegistration(
  page: Page,
  name = 'Ada Shopper',
  email = newAddress(),
): Promise<string> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await button(page, 'Create account').click()
  return email
}

/** Creates an account. @returns its email address */
export async function register(page: Page, shopUrl: string, name?: string): Promise<string> {
  await page.goto(`${shopUrl}/register`)
  const email = await fillInRegistration(page, name)
  await isSignedIn(page)
  return email
}

async function fillInCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiration').fill('12 / 34')
  await page.getByLabel('CVC').fill('123')
  await page.getByLabel('Name on card').fill('Ada Shopper')
  await page.getByLabel('ZIP or postal code').fill('94103')
}

/** Fills in where an order to Germany goes, on Stripe's page. */
export async function fillInDelivery(
  page: Page,
  { phone, taxId }: { phone?: string; taxId?: [type: string, value: string] } = {},
): Promise<void> {
  if (phone !== undefined) await page.getByLabel('Phone').fill(phone)
  if (taxId !== undefined) {
    await page.getByLabel('Business name').fill('Lovelace GmbH')
    await page.getByLabel('Type of tax ID').selectOption(taxId[0])
    await page.getByLabel('Tax ID', { exact: true }).fill(taxId[1])
  }
  const address = page.getByRole('group', { name: 'Shipping address' })
  await address.getByLabel('Full name').fill('Ada Lovelace')
  await address.getByLabel('Street and number').fill('Kastanienallee 12')
  await address.getByLabel(/^(Town or city|City)$/).fill('Berlin')
  await address.getByLabel('Postal code').fill('10435')
}

/** Pays on Stripe's page. */
export async function payByCard(page: Page, number: string): Promise<void> {
  await fillInCard(page, number)
  await button(page, /^Pay /).click()
}

/** Pays by bank debit on Stripe's page. */
export async function payByDebit(page: Page, account: string): Promise<void> {
  await page.getByRole('radio', { name: 'Bank debit' }).check()
  await page.getByLabel('IBAN or account number').fill(account)
  await page.getByLabel('Account holder').fill('Ada Shopper')
  await button(page, /^Pay /).click()
}
