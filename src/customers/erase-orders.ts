// Erases what is personal in an erased customer's or guest's orders, and keeps what the books need: items, amounts, dates, the country, tax
// IDs and Stripe's ids.
import type { Transaction } from '../database/client.js'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'
import { closeIncidents } from '../incidents/incidents.js'
import { countryOf, erasedBilling, erasedCollected } from '../orders/erased-details.js'
import { indexOrders, lockOrderSearch } from '../orders/index-orders.js'
import type { Addressee, Collected, TaxId } from '../orders/order-facts.js'

/** Orders of one transaction, so that none is locked for long. */
const BATCH = 200

interface StoredDetails {
  id: number
  shippingAddress: Addressee | null
  correctedAddress: Addressee | null
  billingDetails: (Addressee & { taxIds: TaxId[] }) | null
}

export interface ErasedOrders {
  /** A condition on "Order". */
  which: Prisma.Sql
  /** What stands for the person's email. */
  address: string
}

/** Can be repeated: what is erased stays as it is. */
export async function eraseOrders(prisma: PrismaClient, erased: ErasedOrders): Promise<void> {
  let after: number | null = 0
  while (after !== null) {
    const from: number = after
    after = await prisma.$transaction((tx) => eraseNextOrders(tx, erased, from))
  }
}

/** @returns the id of the last order that was erased. Null: there was none */
async function eraseNextOrders(
  tx: Transaction,
  { which, address }: ErasedOrders,
  after: number,
): Promise<number | null> {
  await lockOrderSearch(tx)
  const orders = await tx.$queryRaw<StoredDetails[]>`
    SELECT id, "shippingAddress", "correctedAddress", "billingDetails" FROM "Order"
    WHERE ${which} AND id > ${after} ORDER BY id LIMIT ${BATCH} FOR NO KEY UPDATE`
  const ids = orders.map(({ id }) => id)
  const last = ids.at(-1)
  if (last === undefined) return null
  await eraseDetails(tx, address, orders)
  await eraseCollected(tx, ids)
  await eraseTexts(tx, ids)
  await eraseMails(tx, address, Prisma.sql`"orderId" = ANY(${ids}::int[])`)
  // A replay refuses what is left of an event: see src/webhooks/event-rows.ts.
  await tx.$executeRaw`
    UPDATE "StripeEvent" SET "lastError" = NULL,
      payload = json_build_object('id', id, 'object', 'event', 'type', type, 'erased', true)::text
    WHERE "orderId" = ANY(${ids}::int[])`
  await indexOrders(tx, ids)
  return last
}

async function eraseDetails(tx: Transaction, address: string, orders: StoredDetails[]): Promise<void> {
  const rows = orders.map(({ id, shippingAddress, correctedAddress, billingDetails }) => ({
    id,
    shippingAddress: countryOf(shippingAddress),
    correctedAddress: countryOf(correctedAddress),
    billingDetails: erasedBilling(billingDetails),
  }))
  await tx.$executeRaw`
    UPDATE "Order" o SET email = ${address}, phone = NULL, "guestHash" = NULL, network = NULL,
      "shippingAddress" = x."shippingAddress", "correctedAddress" = x."correctedAddress",
      "billingDetails" = x."billingDetails", "updatedAt" = now()
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS x(id int, "shippingAddress" jsonb, "correctedAddress" jsonb, "billingDetails" jsonb)
    WHERE o.id = x.id`
}

async function eraseCollected(tx: Transaction, orderIds: number[]): Promise<void> {
  const attempts = await tx.$queryRaw<{ id: string; collected: Collected | null }[]>`
    SELECT id, collected FROM "CheckoutAttempt" WHERE "orderId" = ANY(${orderIds}::int[])`
  const rows = attempts.map(({ id, collected }) => ({
    id,
    collected: collected && erasedCollected(collected),
  }))
  await tx.$executeRaw`
    UPDATE "CheckoutAttempt" a SET collected = x.collected, url = NULL, "voucherUrl" = NULL
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS x(id text, collected jsonb) WHERE a.id = x.id`
}

/** What shoppers and operators wrote. */
async function eraseTexts(tx: Transaction, orderIds: number[]): Promise<void> {
  const where = { orderId: { in: orderIds } }
  await tx.note.deleteMany({ where })
  await tx.return.updateMany({ where, data: { reason: '', answer: null } })
  await tx.refund.updateMany({ where, data: { note: null } })
  await tx.incident.updateMany({ where, data: { note: null } })
  // What was submitted is with the bank.
  await tx.disputeFile.deleteMany({ where: { dispute: where } })
  await tx.disputeDraft.deleteMany({ where: { dispute: where } })
}

/** Erases recipient and content. Those that were not sent never are. */
export async function eraseMails(tx: Transaction, address: string, which: Prisma.Sql): Promise<void> {
  const mails = await tx.$queryRaw<{ id: number }[]>`
    UPDATE "Mail" SET "to" = ${address}, subject = NULL, text = NULL, html = NULL, data = NULL,
      "lastError" = NULL, outdated = "sentAt" IS NULL, "dueAt" = NULL
    WHERE ${which} RETURNING id`
  const incidents = mails.map(({ id }) => ({ kind: 'mail_failed', subject: String(id) }))
  await tx.$executeRaw(closeIncidents(JSON.stringify(incidents), Prisma.sql`true`))
}
