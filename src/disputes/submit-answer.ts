// Sends an answer to Stripe, which hands it to the bank. Stripe takes one answer for each stage, so what is sent stands in the
// draft's row first, under the key that makes every repetition the same request.
import { randomUUID } from 'node:crypto'
import type Stripe from 'stripe'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { DisputeDraft } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { disputeReport } from '../payments/dispute-report.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { PaymentService } from '../payments/payment-service.js'
import { settle } from '../payments/settle.js'
import { isFromStripe, isInFlight, isRefusal } from '../payments/stripe-client.js'
import { answerProblems, type Texts } from './check-evidence.js'
import { compellingEvidence, withoutCompelling } from './compelling-evidence.js'
import { keepDetails } from './details.js'
import { loadCase } from './dispute-case.js'
import { answerableStage, StaleDraft } from './draft.js'
import { STAGES, type Stage } from './evidence-fields.js'

/**
 * Submits the answer that was saved with this revision, or goes on with one whose answer from Stripe was lost.
 * @throws StaleDraft when another one was saved since; Problem when it can't be sent, Stripe refuses it, or doesn't answer: it
 * is then kept, and this can be repeated
 */
export async function submitAnswer(deps: PaymentDeps, id: string, revision: number): Promise<void> {
  const draft = await claim(deps, id, revision)
  if (draft.submittedAt !== null) return
  try {
    const dispute = await send(deps, draft)
    await confirm(deps, draft, dispute)
  } catch (error) {
    if (isInFlight(error))
      throw new Problem(
        409,
        'answer_in_flight',
        'Being sent',
        'This answer is being sent. Reload the page in a moment.',
      )
    if (isRefusal(error)) {
      deps.log.warn({ err: error, dispute: id }, 'Stripe refused an answer to a dispute')
      await release(deps, draft, error.message)
      throw new Problem(422, 'answer_refused', 'Not submitted', `Stripe refused the answer: ${error.message}`)
    }
    if (!isFromStripe(error)) throw error
    throw new Problem(
      503,
      'stripe_unavailable',
      'Not confirmed',
      'Stripe hasn’t confirmed the answer. It is kept: send it again from the dispute’s page. It can’t be submitted twice.',
      { cause: error, retryAfter: 30 },
    )
  }
}

/** The draft with the key that it is sent with. Nothing can change it from now on. */
async function claim({ database }: PaymentDeps, id: string, revision: number): Promise<DisputeDraft> {
  const { prisma } = database
  // Before the transaction, which has one connection: Prisma reads the relations of a row at the same time.
  const { stage: answerable, shown, network } = await loadCase(prisma, id)
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM "Dispute" WHERE id = ${id} FOR UPDATE`
    const draft =
      shown &&
      (await tx.disputeDraft.findUnique({ where: { disputeId_stage: { disputeId: id, stage: shown } } }))
    // It was sent before: the same answer is sent again, or was confirmed.
    if (draft?.sendKey != null) return draft
    const stage = answerableStage({ stage: answerable, draft })
    if (draft?.revision !== revision) throw new StaleDraft()
    const files = await tx.disputeFile.findMany({ where: { disputeId: id, stage }, omit: { bytes: true } })
    const problems = answerProblems(stage, draft.texts as Texts, files, network)
    if (problems.length > 0) throw new Problem(422, 'answer_incomplete', 'Not ready', problems.join(' '))
    await recordAudit(tx, {
      action: 'dispute.answered',
      subject: 'dispute',
      subjectId: id,
      fields: [...Object.keys(draft.texts as Texts), ...files.map(({ field }) => field)],
    })
    return tx.disputeDraft.update({
      where: { disputeId_stage: { disputeId: id, stage } },
      data: { sendKey: randomUUID(), sentAt: new Date(), refusal: null },
    })
  })
}

async function send(deps: PaymentDeps, draft: DisputeDraft): Promise<Stripe.Dispute> {
  const { disputeId: id, sendKey } = draft
  // Stripe forgets keys after a day, and its own dashboard may have answered.
  const now = await PaymentService.retrieveDispute(id, deps.stripe)
  if (!awaits(stageIn(draft), now.status)) {
    if (wasAnswered(stageIn(draft), now)) return now
    await release(deps, draft, TOO_LATE)
    throw new Problem(409, 'too_late', 'Too late', TOO_LATE)
  }
  const files = await uploadFiles(deps, draft)
  const enhanced = await compellingEvidence(
    await loadCase(deps.database.prisma, id),
    draft.texts as Texts,
    now,
    deps.stripe,
  )
  const evidence = { ...evidenceOf(draft, files), ...(enhanced && { enhanced_evidence: enhanced }) }
  return PaymentService.submitEvidence(id, evidence, sendKey ?? '', deps.stripe)
}

const TOO_LATE = 'The dispute was closed before this answer was submitted.'

/** Whether what Stripe has now follows from an answer. */
function wasAnswered(stage: Stage, { status, evidence, evidence_details: details }: Stripe.Dispute): boolean {
  if (stage === 'appeal') return evidence.appeal?.card?.reason_for_filing != null
  return status.endsWith('under_review') || details.submission_count > 0
}

const AWAITING: Record<Stage, Stripe.Dispute.Status> = {
  inquiry: 'warning_needs_response',
  dispute: 'needs_response',
  appeal: 'appeal_needs_response',
}

function awaits(stage: Stage, status: Stripe.Dispute.Status): boolean {
  return AWAITING[stage] === status
}

function stageIn({ stage }: DisputeDraft): Stage {
  const known = STAGES.find((one) => one === stage)
  if (known === undefined) throw new Error(`there is no stage ${stage}`)
  return known
}

/** The ids of the draft's files at Stripe, by field. One that was uploaded before keeps its id. */
async function uploadFiles(
  { database, stripe }: PaymentDeps,
  draft: DisputeDraft,
): Promise<Record<string, string>> {
  const { prisma } = database
  const { disputeId, stage } = draft
  const files = await prisma.disputeFile.findMany({
    where: { disputeId, stage },
    select: { id: true, field: true, name: true, type: true, stripeFileId: true },
    orderBy: { field: 'asc' },
  })
  const ids: Record<string, string> = {}
  for (const { id, field, name, type, stripeFileId } of files) {
    ids[field] = stripeFileId ?? (await upload(id, name, type))
  }
  return ids

  /** One at a time in memory. */
  async function upload(id: string, name: string, type: string): Promise<string> {
    const { bytes } = await prisma.disputeFile.findUniqueOrThrow({ where: { id }, select: { bytes: true } })
    const file = await PaymentService.uploadEvidence({ id, name, type, bytes }, stripe)
    await prisma.disputeFile.update({ where: { id }, data: { stripeFileId: file.id } })
    return file.id
  }
}

function evidenceOf(draft: DisputeDraft, files: Record<string, string>): Stripe.DisputeUpdateParams.Evidence {
  const texts = draft.texts as Texts
  if (stageIn(draft) !== 'appeal') return { ...withoutCompelling(texts), ...files }
  const { reason_for_filing = '' } = texts
  return { appeal: { card: { reason_for_filing, supporting_files: Object.values(files) } } }
}

async function confirm(
  deps: PaymentDeps,
  { disputeId, stage }: DisputeDraft,
  dispute: Stripe.Dispute,
): Promise<void> {
  const now = new Date()
  await deps.database.prisma.$transaction(async (tx) => {
    await settle(tx, { reports: [disputeReport(dispute, now)] }, deps)
    await keepDetails(tx, dispute, now)
    await tx.disputeDraft.update({
      where: { disputeId_stage: { disputeId, stage } },
      data: { submittedAt: now },
    })
  })
}

/** The draft can be changed again. */
async function release({ database }: PaymentDeps, draft: DisputeDraft, refusal: string): Promise<void> {
  const { disputeId, stage, sendKey } = draft
  await database.prisma.$transaction(async (tx: Transaction) => {
    const { count } = await tx.disputeDraft.updateMany({
      where: { disputeId, stage, sendKey, submittedAt: null },
      data: { sendKey: null, sentAt: null, refusal, revision: { increment: 1 } },
    })
    // Files may be what was refused: they are uploaded again.
    if (count > 0)
      await tx.disputeFile.updateMany({ where: { disputeId, stage }, data: { stripeFileId: null } })
    await recordAudit(tx, { action: 'dispute.answer_refused', subject: 'dispute', subjectId: disputeId })
  })
}
