// An owner changes the terms, and a shopper accepts them.
import { expect, it } from 'vitest'
import { signInOperator } from './admin-tour.js'
import { addAxe, problemsOf } from './axe.js'
import { button, heading, link, onPayPage } from './shopper.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('terms are changed while a shopper has the checkout page open, and accepted', async (test) => {
  const { shop } = visitors
  const page = await visitors.visit(test, { javaScriptEnabled: false })
  await signInOperator(page, shop, 'owner')
  const publish = async (text: string, version: number) => {
    await link(page, 'Policies').first().click()
    await link(page, 'Terms').first().click()
    await page.getByLabel('Text, in Markdown').fill(text)
    await button(page, 'Save and preview').click()
    await heading(page, `Publish version ${version}`)
    await page.getByText(`accepted version ${version}`).waitFor()
    await button(page, 'Publish').click()
    await page.getByText('Published. Visitors see it').waitFor()
  }
  await publish('## Payment\n\nYou pay at once.', 1)

  const shopper = await visitors.visit(test, { viewport: { width: 390, height: 844 } })
  await addAxe(shopper)
  const email = await visitors.signIn(shopper)
  const product = await shop.database.prisma.product.findFirstOrThrow({ where: { slug: 'stoneware-mug' } })
  const label = (version: number) => new RegExp(`I accept the terms \\(version ${version}\\)`)
  await expect
    .poll(
      async () => {
        await shopper.goto(`${shop.url}/checkout/${product.id}`)
        return shopper.getByLabel(label(1)).count()
      },
      { timeout: 30_000 },
    )
    .toBe(1)

  await publish('## Payment\n\nYou pay **at once**, with [Stripe](https://stripe.com).', 2)
  await expect
    .poll(async () => (await shopper.request.get(`${shop.url}/checkout/${product.id}`)).text(), {
      timeout: 30_000,
    })
    .toContain('(version 2)')
  await shopper.getByLabel(label(1)).check()
  await button(shopper, /^Pay /).click()
  await shopper.getByRole('alert').getByText('The terms have changed').waitFor()
  visitors.takeFaults(shopper)

  const terms = await shopper.context().newPage()
  await addAxe(terms)
  await terms.goto(`${shop.url}/checkout/${product.id}`)
  await link(terms, 'Terms').last().click()
  await heading(terms, 'Payment')
  expect(await problemsOf(terms, [{ size: 'phone', colorScheme: 'light' }])).toEqual([])
  await terms.getByText('Earlier versions').click()
  await link(terms, /^Version 1, /).click()
  await terms.getByText('This version was replaced.').waitFor()
  await terms.getByText('You pay at once.').waitFor()
  await terms.close()

  await shopper.getByLabel(label(2)).check()
  await button(shopper, /^Pay /).click()
  await onPayPage(shopper)
  const order = await shop.database.prisma.order.findFirstOrThrow({ where: { email } })
  await page.goto(`${shop.url}/admin/orders/${order.key}`)
  await link(page, /^2 of .*accepted/).click()
  await page.getByText('with Stripe.').waitFor()
}, 120_000)
