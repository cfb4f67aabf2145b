// What Stripe said last about a dispute, beyond what the order's money depends on: the stage of an appeal, and the card's network.
import { z } from 'zod'
import type { Transaction } from '../database/client.js'
import type { DisputeDetails } from '../generated/prisma/client.js'
import type { DisputeStatus } from '../generated/prisma/enums.js'
import { optionalText, read, stripeId } from '../payments/stripe-object.js'
import type { Stage } from './evidence-fields.js'

const eligibility = z.object({ status: z.string(), required_actions: z.array(z.string()).default([]) })

/** Stripe's words for whether Visa Compelling Evidence 3.0 answers a dispute, and for what is missing. */
export type Compelling = z.infer<typeof eligibility>

export function compellingOf(details: Pick<DisputeDetails, 'compelling'> | null): Compelling | null {
  return eligibility.nullable().parse(details?.compelling ?? null)
}

const shape = z.object({
  id: stripeId,
  status: optionalText,
  payment_method_details: z
    .object({
      card: z.object({ network: optionalText, network_reason_code: optionalText }).nullish(),
    })
    .nullish(),
  evidence_details: z
    .object({
      enhanced_eligibility: z.object({ visa_compelling_evidence_3: eligibility.nullish() }).nullish(),
    })
    .nullish(),
})

/**
 * Keeps what Stripe says about a dispute. Reports may come in any order: the last one counts. Within one second a loss comes
 * before the offer of an appeal, and after its review.
 * @param at Stripe's time of the report
 */
export async function keepDetails(
  tx: Pick<Transaction, '$executeRaw'>,
  object: unknown,
  at: Date,
): Promise<void> {
  const {
    id,
    status,
    payment_method_details: method,
    evidence_details: evidence,
  } = read('dispute', shape, object)
  const offered = evidence?.enhanced_eligibility?.visa_compelling_evidence_3 ?? null
  const compelling = offered === null ? null : JSON.stringify(offered)
  const { network = null, network_reason_code: code = null } = method?.card ?? {}
  // Times of events are whole seconds. Those of answers must not be later than the next event's.
  const second = new Date(Math.floor(at.getTime() / 1000) * 1000)
  await tx.$executeRaw`
    INSERT INTO "DisputeDetails" AS known ("disputeId", status, network, "reasonCode", compelling, at)
    VALUES (${id}, ${status ?? ''}, ${network}, ${code}, ${compelling}::text::jsonb, ${second})
    ON CONFLICT ("disputeId") DO UPDATE SET
      compelling = CASE WHEN excluded.at >= known.at THEN excluded.compelling ELSE known.compelling END,
      network = coalesce(excluded.network, known.network), "reasonCode" = coalesce(excluded."reasonCode", known."reasonCode"),
      status = CASE WHEN excluded.at > known.at OR excluded.at = known.at AND excluded.status <> ALL (CASE known.status
          WHEN 'appeal_needs_response' THEN ARRAY['lost', 'under_review', 'needs_response']
          WHEN 'lost' THEN ARRAY['appeal_under_review', 'under_review', 'needs_response']
          WHEN 'appeal_under_review' THEN ARRAY['appeal_needs_response', 'under_review', 'needs_response']
          WHEN 'won' THEN ARRAY['appeal_under_review', 'under_review', 'needs_response']
          ELSE ARRAY[]::text[] END)
        THEN excluded.status ELSE known.status END,
      at = greatest(excluded.at, known.at)`
}

export type Appeal = 'needs_response' | 'under_review'

/** Whether a lost dispute is being appealed. */
export function appealOf(
  status: DisputeStatus,
  details: Pick<DisputeDetails, 'status'> | null,
): Appeal | null {
  if (status !== 'lost') return null
  if (details?.status === 'appeal_needs_response') return 'needs_response'
  return details?.status === 'appeal_under_review' ? 'under_review' : null
}

/** What can be answered now. Null: nothing. */
export function stageOf(status: DisputeStatus, appeal: Appeal | null): Stage | null {
  if (status === 'warning_needs_response') return 'inquiry'
  if (status === 'needs_response') return 'dispute'
  return appeal === 'needs_response' ? 'appeal' : null
}
