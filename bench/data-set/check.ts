// Checks that the rows of a data set are those that the shop itself would derive from the orders' facts.
import { openDatabase } from '../../src/database/client.js'
import { fulfilmentOf } from '../../src/orders/fulfilment.js'
import { deriveOrder, holdsStock, statusFor } from '../../src/payments/derive-order.js'
import { readOrder } from '../../src/payments/order-store.js'

/** Orders of each status and state of fulfilment that are checked. */
const SAMPLE = 10

/** @throws Error with the first order that differs */
export async function requireConsistent(url: string): Promise<void> {
  const database = openDatabase(url, { max: 2 })
  try {
    const sample = await database.direct.$queryRaw<{ id: number }[]>`
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY status, fulfilment, "taxTotal" > 0, "discountTotal" > 0) AS place FROM "Order"
      ) AS numbered WHERE place <= ${SAMPLE} ORDER BY id`
    if (sample.length === 0) throw new Error('The data set has no orders.')
    for (const { id } of sample) {
      const [stored, derived] = [await storedOf(database, id), await derivedOf(database, id)]
      if (JSON.stringify(stored) !== JSON.stringify(derived))
        throw new Error(
          `Order ${id} of the data set is not as the shop would write it.\nstored:  ${JSON.stringify(stored)}\nderived: ${JSON.stringify(derived)}`,
        )
    }
  } finally {
    await database.close()
  }
}

type Database = ReturnType<typeof openDatabase>

async function storedOf({ prisma }: Database, id: number) {
  const order = await prisma.order.findUniqueOrThrow({
    where: { id },
    include: { purchases: { orderBy: { id: 'asc' } }, mails: { orderBy: { id: 'asc' } } },
  })
  return {
    status: order.status,
    paidAt: order.paidAt,
    amountPaid: order.amountPaid,
    amountRefunded: order.amountRefunded,
    totals: [order.itemsTotal, order.discountTotal, order.taxTotal, order.total],
    stockHeld: order.stockHeld,
    attention: order.needsAttention ?? '',
    shippingAddress: order.shippingAddress !== null,
    billed: order.billingDetails !== null,
    fulfilment: order.fulfilment,
    purchases: order.purchases.map((row) => [
      row.variantId,
      row.productName,
      row.purchaseSuccess,
      row.amount,
    ]),
    // Those about shipments follow from no payment.
    mails: order.mails
      .filter(({ kind }) => !kind.startsWith('shipment_'))
      .map(({ kind, about }) => `${kind} ${about}`)
      .sort(),
  }
}

async function derivedOf({ prisma, direct }: Database, id: number) {
  const facts = await readOrder(direct, id)
  const { items, shipments } = await prisma.order.findUniqueOrThrow({
    where: { id },
    include: {
      items: { include: { product: { select: { requiresShipping: true } } } },
      shipments: { include: { items: true } },
    },
  })
  const lines = items.map(({ id, quantity, product }) => ({
    id,
    quantity,
    needsDelivery: product.requiresShipping,
  }))
  const order = deriveOrder(facts)
  const { itemsTotal, discountTotal, taxTotal, total } = order.totals
  return {
    status: statusFor(facts),
    paidAt: order.paidAt,
    amountPaid: order.amountPaid,
    amountRefunded: order.amountRefunded,
    totals: [itemsTotal, discountTotal, taxTotal, total],
    stockHeld: holdsStock(facts),
    attention: order.attention.join('\n'),
    shippingAddress: order.delivered.shippingAddress !== null,
    billed: order.delivered.billingDetails !== null,
    fulfilment: shipments.length === 0 ? 'none' : fulfilmentOf(lines, shipments),
    purchases: order.purchases.map((row) => [
      row.variantId,
      row.productName,
      row.purchaseSuccess,
      row.amount,
    ]),
    mails: order.mails
      .filter(({ toOperator }) => !toOperator)
      .map(({ kind, about }) => `${kind} ${about}`)
      .sort(),
  }
}
