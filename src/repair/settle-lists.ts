// Settles refunds and disputes that only Stripe's lists tell of: those since the backup, and those that were unfinished in it.
import { keepDetails } from '../disputes/details.js'
import { disputeReport } from '../payments/dispute-report.js'
import type { Report } from '../payments/merge-report.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService, type Period } from '../payments/payment-service.js'
import { refundReport } from '../payments/refund-report.js'
import { settle } from '../payments/settle.js'
import type { Counts } from './repairs.js'

type Each = (what: string, work: () => Promise<keyof Counts | null>) => Promise<void>

export async function settleRefunds(deps: PaymentDeps, period: Period, each: Each): Promise<void> {
  const { database, stripe } = deps
  const listed = await PaymentService.listRefundsIn(period, stripe)
  const pending = await database.prisma.refund.findMany({
    where: { status: { in: ['requested', 'pending'] }, paymentIntentId: { not: null } },
    select: { paymentIntentId: true },
    distinct: ['paymentIntentId'],
  })
  for (const { paymentIntentId } of pending)
    listed.push(...(await PaymentService.listRefunds(paymentIntentId ?? '', stripe)))
  for (const refund of new Map(listed.map((one) => [one.id, one])).values())
    await each(`refund ${refund.id}`, async () => {
      const report = refundReport(refund, new Date(refund.created * 1000))
      if (report.appId !== stripe.appId && !(await isOurs(deps, report))) return null
      const stored = await database.prisma.refund.findUnique({
        where: { stripeRefundId: refund.id },
        select: { status: true, orderId: true },
      })
      if (stored?.status === report.status && stored.orderId !== null) return null
      await database.prisma.$transaction((tx) => settle(tx, { reports: [report] }, deps))
      return 'refunds'
    })
}

/** Also asks again about the disputes that were open in the backup: they go on for months. */
export async function settleDisputes(deps: PaymentDeps, period: Period, each: Each): Promise<void> {
  const { database, stripe } = deps
  const listed = await PaymentService.listDisputesIn(period, stripe)
  const open = await database.prisma.dispute.findMany({
    where: {
      orderId: { not: null },
      status: {
        in: ['warning_needs_response', 'warning_under_review', 'needs_response', 'under_review'],
      },
    },
    select: { id: true },
  })
  const ids = new Set(listed.map(({ id }) => id))
  for (const { id } of open)
    if (!ids.has(id))
      await each(`dispute ${id}`, async () =>
        settleDispute(deps, await PaymentService.retrieveDispute(id, stripe)),
      )
  for (const dispute of listed) await each(`dispute ${dispute.id}`, () => settleDispute(deps, dispute))
}

async function settleDispute(
  deps: PaymentDeps,
  dispute: Awaited<ReturnType<typeof PaymentService.retrieveDispute>>,
): Promise<'disputes' | null> {
  const { database, stripe } = deps
  const at = stripe.clock.now()
  const report = disputeReport(dispute, at)
  if (!(await isOurs(deps, report))) return null
  const stored = await database.prisma.dispute.findUnique({
    where: { id: dispute.id },
    select: { status: true, orderId: true },
  })
  if (stored?.status === report.status && stored.orderId !== null) return null
  await database.prisma.$transaction(async (tx) => {
    await settle(tx, { reports: [report] }, deps)
    await keepDetails(tx, dispute, at)
  })
  return 'disputes'
}

/** Whether its payment is of this shop: other programs may use the same Stripe account. */
async function isOurs({ database: { prisma } }: PaymentDeps, { paymentIntentId }: Report): Promise<boolean> {
  if (paymentIntentId === null) return false
  const where = { paymentIntentId }
  const select = { id: true }
  const [attempt, unmatched] = await Promise.all([
    prisma.checkoutAttempt.findFirst({ where, select }),
    prisma.unmatchedPayment.findFirst({ where, select }),
  ])
  return attempt !== null || unmatched !== null
}
