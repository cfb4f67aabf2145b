import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CARD, IBAN } from '../support/pay-page.js'
import { PASSWORD } from '../support/shopper.js'
import { button, checkOut, heading, link, newAddress, onPayPage, payByCard, payByDebit } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** Runs in the page: returns the focused element, and whether its focus is visible. */
const LOOK_AT_FOCUS = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return { name: 'nothing', visible: true }
  const { top, bottom } = element.getBoundingClientRect()
  const styles = [
    getComputedStyle(element),
    getComputedStyle(element, '::after'),
    ...(element.closest('label') ? [getComputedStyle(element.closest('label'))] : []),
  ]
  const outlined = styles.some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
  return { name: element.outerHTML, visible: outlined && bottom > 0 && top < innerHeight }
})()`

async function hasFocus(page: Page, target: Locator): Promise<boolean> {
  return (await target.and(page.locator(':focus')).count()) === 1
}

/** Presses Tab until the target has the focus, and checks that the focus is visible at every stop. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  // The styles must be loaded.
  await page.waitForLoadState()
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press('Tab')
    const { name, visible } = await page.evaluate<{ name: string; visible: boolean }>(LOOK_AT_FOCUS)
    expect(visible, `the focus is visible on ${name}`).toBe(true)
    if (await hasFocus(page, target)) return
  }
  throw new Error(`Tab does not lead to ${String(target)}.`)
}

describe('without a mouse', () => {
  it('a purchase works with the keyboard alone, and the focus is always visible', async (test) => {
    const page = await visitors.visit(test)
    const fillIn = async (label: string, text: string) => {
      await tabTo(page, page.getByLabel(label))
      await page.keyboard.type(text)
    }
    const follow = async (target: Locator) => {
      await tabTo(page, target)
      await page.keyboard.press('Enter')
    }

    await page.goto(`${visitors.shop.url}/pricing`)
    await follow(link(page, 'Salt cellar with lid'))
    await follow(button(page, 'Purchase'))
    await heading(page, 'Sign in')
    await follow(page.getByRole('main').getByRole('link', { name: 'Create an account' }))
    await fillIn('Name', 'Ada Shopper')
    await fillIn('Email', newAddress())
    await fillIn('Password', PASSWORD)
    await page.keyboard.press('Enter')
    await heading(page, 'Checkout')
    await follow(button(page, 'Pay $34.00'))
    await onPayPage(page)
    await fillIn('Card number', CARD.good.replaceAll(' ', ''))
    await fillIn('Expiration', '1234')
    await fillIn('CVC', '123')
    await fillIn('Name on card', 'Ada Shopper')
    await fillIn('ZIP or postal code', '94103')
    await follow(button(page, 'Pay $34.00'))
    await heading(page, 'Thank you for your order')
    await follow(link(page, 'View your order'))
    await heading(page, /^Order T-/)
  })

  it('the first Tab stop of a page skips to its content', async (test) => {
    const page = await visitors.visit(test)
    await page.goto(`${visitors.shop.url}/pricing`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await hasFocus(page, page.getByRole('main').getByRole('link').first())).toBe(true)
  })
})

/** Disables webhooks, and keeps the success page from asking Stripe until `news` is called. */
async function withoutNews(work: (news: () => Promise<void>) => Promise<void>): Promise<void> {
  const { stripe, database } = visitors.shop
  const { data } = await stripe.webhookEndpoints.list()
  const disable = (disabled: boolean) =>
    Promise.all(data.map(({ id }) => stripe.webhookEndpoints.update(id, { disabled })))
  const lastAsked = (checkedAt: Date | null) =>
    database.prisma.checkoutAttempt.updateMany({ where: { status: 'open' }, data: { checkedAt } })
  await disable(true)
  await lastAsked(new Date(Date.now() + 3_600_000))
  try {
    await work(async () => {
      await lastAsked(null)
    })
  } finally {
    await disable(false)
  }
}

describe('without script', () => {
  it('a shopper can check out and pay, and the success page reloads itself', async (test) => {
    const page = await visitors.visit(test, { javaScriptEnabled: false })
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Box of twelve cedar pencils').click()
    await checkOut(page)
    await page.getByLabel('Quantity').fill('2')
    await button(page, 'Update').click()
    await button(page, 'Pay $32.00').click()
    await onPayPage(page)
    await withoutNews(async (news) => {
      await payByCard(page, CARD.declined)
      await page.getByRole('alert').getByText('declined').waitFor()
      await payByCard(page, CARD.good)
      await heading(page, 'We’re confirming your payment')
      await news()
      await heading(page, 'Thank you for your order')
    })
  })

  it('Purchase and 3-D Secure work', async (test) => {
    const page = await visitors.visit(test, { javaScriptEnabled: false })
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Box of twelve cedar pencils').click()
    await button(page, 'Purchase').click()
    await payByCard(page, CARD.threeDSecure)
    await button(page, 'Complete authentication').click()
    await heading(page, 'Thank you for your order')
  })
})

describe('with script', () => {
  it('a waiting success page shows each new state, including another pending one', async (test) => {
    const page = await visitors.visit(test)
    await page.clock.install()
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Nest of three bowls').click()
    await button(page, 'Purchase').click()
    await onPayPage(page)
    await withoutNews(async (news) => {
      await payByDebit(page, IBAN.good)
      await heading(page, 'We’re confirming your payment')
      await news()
      const title = async () => {
        await page.clock.fastForward(12_000)
        return page.title()
      }
      await expect.poll(title).toContain('Your payment is on its way')
    })
    expect(await page.getByText('This page updates automatically').count()).toBe(1)
  })
})
