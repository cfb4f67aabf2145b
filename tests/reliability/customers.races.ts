// Fifty first checkouts of one shopper at once make one customer at Stripe.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureCustomer } from '../../src/checkout/customer.js'
import { startTestShop, type TestShop } from '../support/shop.js'
import { click, depsOf, newProduct, signedIn } from './crowd.js'

const AT_ONCE = 50

let shop: TestShop
beforeAll(async () => {
  shop = await startTestShop()
})
afterAll(() => shop.close())

const userOf = (email: string) => shop.database.prisma.user.findUniqueOrThrow({ where: { email } })

it('fifty requests of one shopper make one customer', async () => {
  const [ada] = await signedIn(shop, 1)
  const { id, email } = await userOf(ada?.email ?? '')
  const deps = depsOf(shop)
  const made = await Promise.all(Array.from({ length: AT_ONCE }, () => ensureCustomer(deps, id)))
  expect(new Set(made)).toEqual(new Set([true]))
  const { data } = await shop.stripe.customers.list({ email })
  expect(data.map((customer) => customer.id)).toEqual([(await userOf(email)).stripeCustomerId])
})

it('fifty first checkouts of one shopper have one customer', async () => {
  const productId = await newProduct(shop, 1000)
  const [ada] = await signedIn(shop, 1)
  if (!ada) throw new Error('nobody is signed in')
  await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      click(shop, ada, 'POST', `/checkout/${productId}`, { quantity: '1' }),
    ),
  )
  const { data } = await shop.stripe.customers.list({ email: ada.email })
  expect(data).toHaveLength(1)
  const attempts = await shop.database.prisma.checkoutAttempt.findMany({
    where: { order: { email: ada.email } },
  })
  expect(attempts.map(({ customerId }) => customerId)).toEqual([data[0]?.id])
})
