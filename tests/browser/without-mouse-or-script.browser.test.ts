import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { CARD, IBAN } from '../support/pay-page.js'
import { PASSWORD } from '../support/shopper.js'
import { button, heading, link, newAddress, onPayPage, payByCard, payByDebit, review } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** Runs in the page: what has the focus, and whether one sees that it has it. */
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

/** Presses Tab until this has the focus. Every stop on the way must show that it has it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  // Nobody tabs through a page that has not its styles yet.
  await page.waitForLoadState()
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press('Tab')
    const { name, visible } = await page.evaluate<{ name: string; visible: boolean }>(LOOK_AT_FOCUS)
    expect(visible, `one sees that this has the focus: ${name}`).toBe(true)
    if (await hasFocus(page, target)) return
  }
  throw new Error(`Tab does not lead to ${String(target)}.`)
}

describe('without a mouse', () => {
  it('the keyboard alone buys, and one always sees where it is', async (test) => {
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
    await heading(page, 'Review your order')
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

  it('the first Tab of a page offers to skip its frame', async (test) => {
    const page = await visitors.visit(test)
    await page.goto(`${visitors.shop.url}/pricing`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await hasFocus(page, page.getByLabel('Search products'))).toBe(true)
  })
})

/** Stripe's events do not come, and the success page may not ask Stripe for them until it is told that it may. */
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
  it('one reviews and pays, and the success page looks again by itself', async (test) => {
    const page = await visitors.visit(test, { javaScriptEnabled: false })
    await visitors.signIn(page)
    await page.goto(`${visitors.shop.url}/pricing`)
    await link(page, 'Box of twelve cedar pencils').click()
    await review(page)
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

  it('Purchase and the bank’s question work, too', async (test) => {
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
  it('a success page that waits shows each news, also one to wait for something else', async (test) => {
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
