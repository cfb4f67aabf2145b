// An operator makes a discount code, and a shopper pays less with it.
import { expect, it } from 'vitest'
import { CARD } from '../support/pay-page.js'
import { signInOperator } from './admin-tour.js'
import { addAxe, problemsOf } from './axe.js'
import { button, heading, link, onPayPage, payByCard } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('a discount code is made, and used on Stripe’s page', async (test) => {
  const { shop } = visitors
  const page = await visitors.visit(test)
  await addAxe(page)
  await signInOperator(page, shop, 'owner')
  await link(page, 'Discounts').click()
  await page.getByText('None. Make the first one.').waitFor()
  await page.getByLabel('Code', { exact: true }).fill('spring-25')
  await page.getByLabel('Percent off').fill('25')
  await button(page, 'Make the code').click()
  await page.getByRole('cell', { name: '25 %' }).waitFor()

  const shopper = await visitors.visit(test)
  const email = await visitors.signIn(shopper)
  const product = await shop.database.prisma.product.findFirstOrThrow({ where: { slug: 'stoneware-mug' } })
  await shopper.goto(`${shop.url}/pricing/${product.id}`)
  await button(shopper, 'Purchase').click()
  await onPayPage(shopper)
  await shopper.getByText('Add promotion code').click()
  await shopper.getByLabel('Promotion code').fill('SPRING-25')
  await button(shopper, 'Apply').click()
  await shopper.getByText('SPRING-25').first().waitFor()
  await payByCard(shopper, CARD.good)
  await heading(shopper, 'Thank you for your order')
  const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
  expect(order.discountTotal).toBe(Math.round(product.unitAmount / 4))

  const used = page.getByRole('row', { name: /SPRING-25/ })
  await page.goto(`${shop.url}/admin/discounts`)
  expect(await used.innerText()).toMatch(/25 %\s+1\s+End/)
  const looks = [
    { size: 'phone', colorScheme: 'light' },
    { size: 'desktop', colorScheme: 'dark' },
  ] as const
  expect(await problemsOf(page, looks)).toEqual([])
  await button(page, 'End SPRING-25').click()
  await page.getByText('The code has ended.').waitFor()
}, 120_000)
