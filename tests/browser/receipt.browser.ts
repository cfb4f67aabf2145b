import { expect, it } from 'vitest'
import { settleReports, openOrderOf, reportOfRefund, reportOfSession } from '../support/settled-orders.js'
import { button, heading, link } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('a receipt prints on one page, A4 or Letter, without navigation and buttons', async (test) => {
  const page = await visitors.visit(test)
  const order = await openOrderOf(visitors.shop, await visitors.signIn(page), 3)
  await settleReports(
    visitors.shop,
    reportOfSession(order, 'paid', 100),
    reportOfRefund(order, 'succeeded', 500),
  )
  await page.goto(`${visitors.shop.url}/orders/${order.key}`)
  await link(page, 'Print receipt').click()
  await heading(page, 'Receipt')
  await button(page, 'Print').waitFor()

  for (const format of ['A4', 'Letter']) {
    const paper = (await page.pdf({ format })).toString('latin1')
    expect([format, paper.match(/\/Type \/Page\b/g)?.length]).toEqual([format, 1])
  }
  await page.emulateMedia({ media: 'print' })
  for (const part of [page.getByRole('navigation').first(), button(page, 'Print'), link(page, /^Order/)])
    expect(await part.isVisible()).toBe(false)
  expect(await page.getByRole('table').isVisible()).toBe(true)
})

it('without script the Print button is hidden', async (test) => {
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  const order = await openOrderOf(visitors.shop, await visitors.signIn(page))
  await settleReports(visitors.shop, reportOfSession(order, 'paid'))
  await page.goto(`${visitors.shop.url}/orders/${order.key}/receipt`)
  await heading(page, 'Receipt')
  expect(await page.locator('[data-print]').isVisible()).toBe(false)
})
