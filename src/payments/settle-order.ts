// All that Stripe knows of an order's payments, brought to settlement: what an operator does when events were missed.
import { disputeReport } from './dispute-report.js'
import type { Report } from './merge-report.js'
import type { CheckoutParts } from './open-checkout.js'
import { PaymentService } from './payment-service.js'
import { refundReport } from './refund-report.js'
import { sessionReport } from './session-report.js'
import { settle } from './settle.js'
import { stripeProblem } from './stripe-client.js'

/**
 * Asks Stripe about every session, refund and dispute of an order and settles what it says.
 * @throws Problem 503 when Stripe can't be reached
 */
export async function settleOrder(parts: CheckoutParts, orderId: number): Promise<void> {
  const { prisma } = parts.database
  const attempts = await prisma.checkoutAttempt.findMany({
    where: { orderId, stripeSessionId: { not: null } },
    orderBy: { number: 'asc' },
  })
  const reports: Report[] = []
  for (const { stripeSessionId } of attempts) {
    try {
      reports.push(...(await reportsAbout(stripeSessionId ?? '', parts)))
    } catch (error) {
      throw stripeProblem(error)
    }
  }
  await prisma.$transaction((tx) => settle(tx, reports, parts))
}

async function reportsAbout(sessionId: string, { terminal }: CheckoutParts): Promise<Report[]> {
  const now = new Date()
  const session = sessionReport(await PaymentService.retrieveCheckoutSession(sessionId, terminal), now)
  const intent = session.paymentIntentId
  if (intent === null) return [session]
  const [refunds, disputes] = await Promise.all([
    PaymentService.listRefunds(intent, terminal),
    PaymentService.listDisputes(intent, terminal),
  ])
  return [
    session,
    ...refunds.map((refund) => refundReport(refund, now)),
    ...disputes.map((dispute) => disputeReport(dispute, now)),
  ]
}
