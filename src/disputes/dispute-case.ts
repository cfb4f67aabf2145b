// One dispute with all that is needed to answer it.
import type { PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { amountOf } from '../orders/stored-amounts.js'
import { WITH_LINES } from '../orders/order-with-lines.js'
import { appealOf, compellingOf, stageOf } from './details.js'
import { STAGES, type Stage } from './evidence-fields.js'
import { readPriorOrders } from './prior-orders.js'

const WITH_DRAFTS = {
  drafts: true,
  files: { omit: { bytes: true }, orderBy: { field: 'asc' } },
  order: {
    include: {
      ...WITH_LINES,
      items: { include: { product: true, variant: { select: { sku: true } } }, orderBy: { id: 'asc' } },
      user: { select: { name: true, email: true } },
    },
  },
} as const

export type DisputeCase = Awaited<ReturnType<typeof loadCase>>

/** @throws Problem 404 */
export async function loadCase(
  prisma: Pick<PrismaClient, 'dispute' | 'disputeDetails' | 'order'>,
  id: string,
) {
  const stored = await prisma.dispute.findUnique({ where: { id }, include: WITH_DRAFTS })
  if (!stored) throw notFound()
  const details = await prisma.disputeDetails.findUnique({ where: { disputeId: id } })
  const { drafts, files, order, ...dispute } = stored
  const appeal = appealOf(dispute.status, details)
  const stage = stageOf(dispute.status, appeal)
  const draftOf = (one: Stage) => drafts.find((draft) => draft.stage === one) ?? null
  /** The latest stage that was answered. */
  const answered = STAGES.findLast((one) => draftOf(one)?.sendKey != null) ?? null
  const shown = stage ?? answered
  const compelling = shown === 'dispute' ? compellingOf(details) : null
  return {
    id,
    dispute: { ...dispute, amount: amountOf(dispute) },
    order,
    network: details?.network ?? null,
    reasonCode: details?.reasonCode ?? null,
    appeal,
    /** Null: not offered. */
    compelling,
    /** Earlier orders that it can name. */
    prior: compelling === null || order === null ? [] : await readPriorOrders(prisma, order),
    /** What can be answered now. Null: nothing. */
    stage,
    /** What the page shows: what can be answered, or what was. */
    shown,
    draft: shown && draftOf(shown),
    /** An inquiry's, once it became a dispute. */
    earlier: shown === 'dispute' ? draftOf('inquiry') : null,
    files: files.filter((file) => file.stage === shown),
    answered,
  }
}
