// Two disputes: one answered with what the shop filled in and won, one lost.
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { paidDelivery } from '../support/operated-orders.js'
import { CARD } from '../support/pay-page.js'
import { signInOperator } from './admin-tour.js'
import { button, heading, link } from './shopper.js'
import { useVisitors } from './visitors.js'

vi.setConfig({ testTimeout: 180_000 })

const visitors = useVisitors()

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

/** Opens the dispute about a new order. */
async function openDispute(page: Page) {
  const { shop } = visitors
  const order = await paidDelivery(shop, [1, 1], CARD.disputed)
  const { id } = await shop.database.prisma.dispute.findFirstOrThrow({ where: { orderId: order.id } })
  await signInOperator(page, shop)
  await link(page, 'Disputes to answer: show all').click()
  await heading(page, 'Disputes')
  await page.locator(`a[href="/admin/disputes/${id}"]`).click()
  await page.getByRole('heading', { name: /^Dispute about \$/, level: 1 }).waitFor()
  return { id, order }
}

async function fits(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width)
}

describe.each<[string, BrowserContextOptions]>([
  ['at a desk', { viewport: { width: 1280, height: 900 } }],
  ['on a phone without script', { viewport: { width: 390, height: 844 }, javaScriptEnabled: false }],
])('%s', (_where, options) => {
  it('a dispute is answered with what the shop filled in, and won', async (test) => {
    const page = await visitors.visit(test, options)
    const { id } = await openDispute(page)
    await fits(page)
    expect(await page.getByLabel('Customer’s name').inputValue()).toBe('Grace Hopper')
    expect(await page.getByLabel('Delivery address').inputValue()).toContain('Germany')
    expect(await page.getByLabel('Attach: The order’s receipt').isChecked()).toBe(true)
    await page.getByLabel('Anything else').fill('winning_evidence')
    const proof = { name: 'signature.png', mimeType: 'image/png', buffer: PNG }
    await page.getByLabel('Customer’s signature').setInputFiles(proof)
    await button(page, 'Save and preview').click()
    await heading(page, 'Preview of the answer')
    await fits(page)
    await page.getByText('signature.png').waitFor()
    await page.getByText('You can submit once.').waitFor()
    await button(page, 'Submit to the bank').click()
    await page.getByText('Submitted. The bank has your answer.').waitFor()
    await visitors.shop.sandbox.idle()
    await page.reload()
    await page.getByText(/^You won: \$/).waitFor()
    const { status, evidence } = await visitors.shop.stripe.disputes.retrieve(id)
    expect(status).toBe('won')
    expect(evidence).toMatchObject({
      customer_name: 'Grace Hopper',
      receipt: expect.stringMatching(/^file_/) as string,
      customer_signature: expect.stringMatching(/^file_/) as string,
    })
  })
})

it('a dispute is answered and lost', async (test) => {
  const page = await visitors.visit(test, { viewport: { width: 1280, height: 900 } })
  const { id } = await openDispute(page)
  await page.getByLabel('Anything else').fill('losing_evidence')
  await button(page, 'Save draft').click()
  await page.getByText('Draft saved. Nothing has been sent.').waitFor()
  expect((await visitors.shop.stripe.disputes.retrieve(id)).status).toBe('needs_response')
  await button(page, 'Save and preview').click()
  await button(page, 'Submit to the bank').click()
  await page.getByText('Submitted. The bank has your answer.').waitFor()
  await visitors.shop.sandbox.idle()
  await page.reload()
  await page.getByText(/^You lost: \$/).waitFor()
})
