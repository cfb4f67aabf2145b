// Reads from a payment intent how the shopper still has to pay: by a voucher, or by following instructions.
import { z } from 'zod'
import { seconds } from './stripe-object.js'

export interface Voucher {
  /** Stripe's page with the voucher or the instructions. Null: there is nothing left for the shopper to do. */
  voucherUrl: string | null
  /** Until when it can be paid. Null: Stripe names no date. */
  payBy: Date | null
}

const NONE: Voucher = { voucherUrl: null, payBy: null }

const page = z
  .url({ protocol: /^https?$/ })
  .optional()
  .catch(undefined)
const time = seconds.optional().catch(undefined)

/** Each method has an object of its own in `next_action`, and these fields under one of two names. */
const details = z.object({
  hosted_voucher_url: page,
  hosted_instructions_url: page,
  expires_at: time,
  expires_after: time,
})

/**
 * Reads OXXO, Boleto, Konbini, Multibanco, Pix, bank transfers and methods like them. What asks for something else, such as
 * 3-D Secure, is none.
 * @param nextAction the payment intent's `next_action`
 */
export function voucherOf(nextAction: unknown): Voucher {
  if (typeof nextAction !== 'object' || nextAction === null) return NONE
  for (const action of Object.values(nextAction)) {
    const { data } = details.safeParse(action)
    const voucherUrl = data?.hosted_voucher_url ?? data?.hosted_instructions_url
    if (data === undefined || voucherUrl === undefined) continue
    const until = data.expires_at ?? data.expires_after
    return { voucherUrl, payBy: until === undefined ? null : new Date(until * 1000) }
  }
  return NONE
}
