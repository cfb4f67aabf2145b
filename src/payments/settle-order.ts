// Settles everything that Stripe knows about an order's payments. Operators use it when events were missed.
import { recordAudit } from '../audit/record-audit.js'
import { disputeReport } from './dispute-report.js'
import type { Report } from './merge-report.js'
import type { PaymentDeps } from './payment-deps.js'
import { PaymentService } from './payment-service.js'
import { refundReport } from './refund-report.js'
import { sessionReport } from './session-report.js'
import { settle } from './settle.js'
import { stripeProblem } from './stripe-client.js'

/**
 * Asks Stripe about every session, refund and dispute of an order and settles what it says.
 * @throws Problem 503 when Stripe can't be reached
 */
export async function settleOrder(deps: PaymentDeps, orderId: number): Promise<void> {
  const { prisma } = deps.database
  const { key, attempts } = await prisma.order.findUniqueOrThrow({
    where: { id: orderId },
    select: {
      key: true,
      attempts: { where: { stripeSessionId: { not: null } }, orderBy: { number: 'asc' } },
    },
  })
  const reports: Report[] = []
  for (const { stripeSessionId } of attempts) {
    try {
      reports.push(...(await fetchReports(stripeSessionId ?? '', deps)))
    } catch (error) {
      throw stripeProblem(error)
    }
  }
  await prisma.$transaction(async (tx) => {
    await settle(tx, { reports }, deps)
    await recordAudit(tx, { action: 'order.settled', subject: 'order', subjectId: key })
  })
}

async function fetchReports(sessionId: string, { stripe }: PaymentDeps): Promise<Report[]> {
  const now = new Date()
  const session = sessionReport(await PaymentService.retrieveCheckoutSession(sessionId, stripe), now)
  const intent = session.paymentIntentId
  if (intent === null) return [session]
  const [refunds, disputes] = await Promise.all([
    PaymentService.listRefunds(intent, stripe),
    PaymentService.listDisputes(intent, stripe),
  ])
  return [
    session,
    ...refunds.map((refund) => refundReport(refund, now)),
    ...disputes.map((dispute) => disputeReport(dispute, now)),
  ]
}
