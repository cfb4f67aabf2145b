// Finishes erasures: what is personal in the customer's orders, then their customer at Stripe.
import { erasedAddress } from '../accounts/erased-address.js'
import { Prisma } from '../generated/prisma/client.js'
import { openIncident, resolveIncidents } from '../incidents/incidents.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import { eraseOrders } from './erase-orders.js'

/** A claimed erasure is due again after this, in case its process died. */
const CLAIM_MINUTES = 10
/** Each try waits as long as the erasure has taken so far, within these limits. */
const SHORTEST_WAIT_MINUTES = 1
const LONGEST_WAIT_MINUTES = 360
/** A person is told when it has not succeeded for this long: after about six tries. */
const REPORTED_AFTER_MINUTES = 60

interface Erasure {
  id: number
  stripeCustomerId: string | null
  minutes: number
}

/** Goes on with the erasure that has been due the longest. @returns 0 if none is due */
export async function finishDueErasures(deps: PaymentDeps): Promise<number> {
  const erasure = await claim(
    deps,
    Prisma.sql`
    SELECT id FROM "User" WHERE "erasureDueAt" <= now() ORDER BY "erasureDueAt" LIMIT 1 FOR UPDATE SKIP LOCKED`,
  )
  if (erasure === null) return 0
  await finish(deps, erasure)
  return 1
}

/** Goes on with a customer's erasure now. @returns whether it is finished. If not, the background loop tries again */
export async function finishErasure(deps: PaymentDeps, userId: number): Promise<boolean> {
  const erasure = await claim(
    deps,
    Prisma.sql`SELECT id FROM "User" WHERE id = ${userId} AND "erasureDueAt" IS NOT NULL FOR UPDATE`,
  )
  return erasure === null || finish(deps, erasure)
}

async function claim({ database }: PaymentDeps, which: Prisma.Sql): Promise<Erasure | null> {
  const [claimed] = await database.prisma.$queryRaw<Erasure[]>`
    UPDATE "User" SET "erasureDueAt" = now() + ${CLAIM_MINUTES} * interval '1 minute' WHERE id IN (${which})
    RETURNING id, "stripeCustomerId", (extract(epoch FROM now() - "erasedAt") / 60)::int AS minutes`
  return claimed ?? null
}

async function finish(deps: PaymentDeps, erasure: Erasure): Promise<boolean> {
  const { id, stripeCustomerId } = erasure
  const { prisma } = deps.database
  try {
    await eraseOrders(prisma, { which: Prisma.sql`"userId" = ${id}`, address: erasedAddress(id) })
    if (stripeCustomerId !== null) await PaymentService.deleteCustomer(stripeCustomerId, deps.stripe)
    await prisma.$transaction(async (tx) => {
      await tx.user.update({ where: { id }, data: { stripeCustomerId: null, erasureDueAt: null } })
      await resolveIncidents(tx, 'erasure_unfinished', String(id))
    })
    return true
  } catch (error) {
    deps.log.warn({ err: error, user: id }, 'an erasure could not be finished; it will be tried again')
    await postpone(deps, erasure, error)
    return false
  }
}

async function postpone(
  { database: { prisma } }: PaymentDeps,
  { id, minutes }: Erasure,
  error: unknown,
): Promise<void> {
  const wait = Math.min(Math.max(minutes, SHORTEST_WAIT_MINUTES), LONGEST_WAIT_MINUTES)
  await prisma.user.updateMany({
    where: { id, erasureDueAt: { not: null } },
    data: { erasureDueAt: new Date(Date.now() + wait * 60_000) },
  })
  if (minutes < REPORTED_AFTER_MINUTES) return
  await openIncident(prisma, {
    kind: 'erasure_unfinished',
    subject: String(id),
    orderId: null,
    message: `Customer ${id} is not erased everywhere yet: ${String(error)}`,
  })
}
