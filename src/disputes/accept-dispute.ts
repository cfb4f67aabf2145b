// Accepts a dispute: the money is given up, and nothing can be submitted any more.
import { recordAudit } from '../audit/record-audit.js'
import { Problem } from '../http/problem.js'
import { disputeReport } from '../payments/dispute-report.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import { settle } from '../payments/settle.js'
import { isRefusal, stripeProblem } from '../payments/stripe-client.js'
import { keepDetails } from './details.js'
import { loadCase } from './dispute-case.js'
import { answerableStage } from './draft.js'

/** Repeating it is safe. @throws Problem when it can't be accepted, or Stripe can't be reached */
export async function acceptDispute(deps: PaymentDeps, id: string): Promise<void> {
  const { prisma } = deps.database
  const found = await loadCase(prisma, id)
  if (answerableStage(found) === 'appeal')
    throw new Problem(
      409,
      'not_acceptable',
      'Nothing to accept',
      'This dispute is lost. If you don’t appeal, it stays lost.',
    )
  await recordAudit(prisma, { action: 'dispute.accepted', subject: 'dispute', subjectId: id })
  const dispute = await closeAtStripe(deps, id)
  const now = new Date()
  await prisma.$transaction(async (tx) => {
    await settle(tx, { reports: [disputeReport(dispute, now)] }, deps)
    await keepDetails(tx, dispute, now)
  })
}

async function closeAtStripe({ stripe }: PaymentDeps, id: string) {
  try {
    return await PaymentService.closeDispute(id, stripe)
  } catch (error) {
    // Perhaps an earlier try closed it, and its answer was lost.
    if (!isRefusal(error)) throw stripeProblem(error)
    const now = await PaymentService.retrieveDispute(id, stripe).catch((reason: unknown) => {
      throw stripeProblem(reason)
    })
    if (now.status === 'lost' || now.status === 'warning_closed') return now
    throw new Problem(409, 'accept_refused', 'Not accepted', `Stripe refused: ${error.message}`)
  }
}
