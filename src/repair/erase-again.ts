// Erases people again who were erased after the backup: Stripe's events of customers' deletions name some, the shop's log all.
import { z } from 'zod'
import { eraseCustomer } from '../customers/erase-customer.js'
import { eraseGuest } from '../customers/erase-guest.js'
import { findErased } from '../customers/erasure-journal.js'
import { NotErasable } from '../customers/erasure-refusals.js'
import { finishErasure } from '../customers/finish-erasures.js'
import { findGuest } from '../customers/guest.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import type { Counts } from './repairs.js'

/** Marked by us right before the deletion: a customer that somebody deleted in Stripe's dashboard is not a person to erase. */
const deleted = z.object({
  id: z.string(),
  metadata: z.object({ app: z.string(), customer_key: z.string().optional(), erased: z.literal('true') }),
})

export async function eraseAgain(
  deps: PaymentDeps,
  since: Date,
  each: (what: string, work: () => Promise<keyof Counts | null>) => Promise<void>,
): Promise<void> {
  const { database, stripe } = deps
  for await (const event of PaymentService.listEvents(since, ['customer.deleted'], stripe)) {
    const { data: customer } = deleted.safeParse(event.data.object)
    if (customer?.metadata.app !== stripe.appId) continue
    await each(`customer ${customer.id}`, async () => {
      const key = customer.metadata.customer_key
      const user = await database.prisma.user.findFirst({
        where: {
          erasedAt: null,
          OR: [
            { stripeCustomerId: customer.id },
            ...(key === undefined ? [] : [{ stripeCustomerId: null, customerKey: key }]),
          ],
        },
        select: { id: true },
      })
      if (!user) return null
      return (await erase(deps, () => eraseAccount(deps, user.id))) ? 'erased' : 'failed'
    })
  }
}

async function eraseAccount(deps: PaymentDeps, userId: number): Promise<void> {
  await eraseCustomer(deps.database.prisma, userId)
  await finishErasure(deps, userId)
}

/** @returns whether it was possible: something of the person may be open */
async function erase(deps: PaymentDeps, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof NotErasable)) throw error
    deps.log.warn({ reasons: error.message }, 'somebody who was erased before can’t be erased now')
    return false
  }
}

const LOGGED = /"erasedPerson":\s*"([\da-f]{64})"/g

/** Lines of the shop's log name who was erased. @returns how many were erased again, and how many can't be now */
export async function eraseLogged(
  deps: PaymentDeps,
  log: string,
): Promise<{ erased: number; refused: number }> {
  const { prisma } = deps.database
  const hashes = [...log.matchAll(LOGGED)].flatMap(([, hash]) => hash ?? [])
  const { userIds, emails } = await findErased(prisma, [...new Set(hashes)])
  const done: boolean[] = []
  for (const userId of userIds) done.push(await erase(deps, () => eraseAccount(deps, userId)))
  for (const email of emails) {
    const guest = await findGuest(prisma, email)
    if (guest && guest.account?.isVerified !== true)
      done.push(await erase(deps, () => eraseGuest(prisma, guest)))
  }
  const erased = done.filter(Boolean).length
  return { erased, refused: done.length - erased }
}
