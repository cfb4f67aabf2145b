// What happens in a shop after its last backup, until its database is lost.
import type { TestShop } from '../support/shop.js'
import { runCommand } from '../support/command.js'
import { CARD, payByCard, sessionOf } from '../support/pay-page.js'
import { newShopper, type Shopper } from '../support/shopper.js'
import { addVariedProduct } from '../support/variants.js'
import { STOCK } from '../support/place.js'
import { postJson, signedIn } from '../reliability/crowd.js'

export interface Before {
  ada: { shopper: Shopper; email: string }
  /** Will be erased. */
  eve: { shopper: Shopper; email: string }
  /** The address of a guest who will be erased, and their order. */
  guest: string
  ofGuest: string
  /** Sold without delivery. */
  plainId: number
  /** Two variants that need delivery. */
  variantIds: number[]
  toRefund: string
  /** Stripe's page of an order that is open in the backup. */
  openUrl: string
}

export interface Since {
  /** Keys of orders by what happened to them. */
  bought: string
  byNewAccount: string
  delivered: string
  disputed: string
  expired: string
  abandoned: string
  ofNewProduct: string
  /** Stripe's page of an order that is open when the database is lost. */
  paidLater: { key: string; url: string }
}

const keyOf = async (shop: TestShop, url: string) =>
  (
    await shop.database.prisma.order.findFirstOrThrow({
      where: { attempts: { some: { stripeSessionId: sessionOf(url) } } },
    })
  ).key

/** Up to Stripe's page. */
async function open(_shop: TestShop, shopper: Shopper, productId: number): Promise<string> {
  const { headers } = await shopper.post(`/checkout/${productId}`).expect(303)
  return String(headers['location'])
}

async function buy(shop: TestShop, shopper: Shopper, productId: number, card = CARD.good): Promise<string> {
  const url = await open(shop, shopper, productId)
  await payByCard(url, card)
  await shop.sandbox?.idle()
  return keyOf(shop, url)
}

async function buyDelivered(shop: TestShop, variantIds: readonly number[]): Promise<string> {
  const [shopper] = await signedIn(shop, 1)
  if (!shopper) throw new Error('nobody is signed in')
  const rate = await shop.database.prisma.shippingRate.findFirstOrThrow({
    where: { countries: { has: 'DE' } },
  })
  const { body } = await postJson(shop, shopper, '/api/orders', {
    items: variantIds.map((id, index) => ({ variant_id: id, quantity: index + 1 })),
    ...{ country: 'DE', shipping_rate: rate.id, locale: 'de' },
  })
  const session = await postJson(shop, shopper, '/api/payments/create-session', {
    order_id: body['order_id'],
  })
  await payByCard(String(session.body['checkout_url']))
  await shop.sandbox?.idle()
  return String(body['order_id'])
}

/** Up to the backup. */
export async function beforeBackup(shop: TestShop): Promise<Before> {
  const { prisma } = shop.database
  const { id: plainId } = await prisma.product.findFirstOrThrow({ where: { stock: { gte: 20 } } })
  const { variants } = await addVariedProduct(
    shop,
    ['Size'],
    [
      { values: ['M'], unitAmount: 1999, stock: STOCK },
      { values: ['L'], unitAmount: 3100, stock: STOCK },
    ],
    { requiresShipping: true },
  )
  const ada = await newShopper(shop.url)
  const eve = await newShopper(shop.url)
  await buy(shop, ada.shopper, plainId)
  await buy(shop, eve.shopper, plainId)
  const toRefund = await buy(shop, ada.shopper, plainId)
  const ofGuest = await buy(shop, (await newShopper(shop.url)).shopper, plainId)
  const guest = `${ofGuest}@guest.example`
  await prisma.order.update({ where: { key: ofGuest }, data: { userId: null, email: guest } })
  const { shopper } = await newShopper(shop.url)
  return {
    ...{ ada, eve, plainId, toRefund, guest, ofGuest },
    variantIds: [variants['M']?.id ?? 0, variants['L']?.id ?? 0],
    openUrl: await open(shop, shopper, plainId),
  }
}

/** From the backup to the loss. */
export async function sinceBackup(shop: TestShop, before: Before): Promise<Since> {
  const { prisma } = shop.database
  const { ada, eve, plainId, variantIds, toRefund, openUrl } = before
  await payByCard(openUrl)
  const refunded = await runCommand(shop, 'orders', 'refund', toRefund, '1.00')
  if (refunded.code !== 0) throw new Error(refunded.output)
  const bought = await buy(shop, ada.shopper, plainId)
  const byNewAccount = await buy(shop, (await newShopper(shop.url)).shopper, plainId)
  const delivered = await buyDelivered(shop, variantIds)
  const disputed = await buy(shop, (await newShopper(shop.url)).shopper, plainId, CARD.disputed)

  const expiredUrl = await open(shop, (await newShopper(shop.url)).shopper, plainId)
  await shop.stripe.checkout.sessions.expire(sessionOf(expiredUrl))
  const abandonedUrl = await open(shop, (await newShopper(shop.url)).shopper, plainId)
  const laterUrl = await open(shop, (await newShopper(shop.url)).shopper, plainId)

  const added = await addVariedProduct(shop, [], [{ values: [], unitAmount: 900, stock: STOCK }])
  const ofNewProduct = await buy(shop, (await newShopper(shop.url)).shopper, added.id)

  const { id } = await prisma.user.findFirstOrThrow({ where: { email: eve.email } })
  for (const person of [String(id), before.guest]) {
    const erased = await runCommand(shop, 'customers', 'erase', person)
    if (erased.code !== 0) throw new Error(erased.output)
  }
  await shop.sandbox?.idle()
  return {
    ...{ bought, byNewAccount, delivered, disputed, ofNewProduct },
    expired: await keyOf(shop, expiredUrl),
    abandoned: await keyOf(shop, abandonedUrl),
    paidLater: { key: await keyOf(shop, laterUrl), url: laterUrl },
  }
}
