// Is it Stripe who wrote this? Checked against the bytes as they came, before anything parses them.
import Stripe from 'stripe'
import { z } from 'zod'
import { Problem } from '../http/problem.js'
import { seconds, stripeId, words } from '../payments/stripe-object.js'

/** Stripe signs each try anew, so an honest delivery is seconds old. Source: https://docs.stripe.com/webhooks#replay-attacks */
const TOLERANCE_SECONDS = 300

const signatures = Stripe.webhooks.signature ?? missing('webhooks.signature')

const eventShape = z.object({
  id: stripeId,
  object: z.literal('event'),
  type: z.string().regex(/^[\w.]{1,255}$/),
  created: seconds,
  livemode: z.boolean(),
  api_version: words.nullable(),
  data: z.object({ object: z.custom<Record<string, unknown>>(isObject) }),
})

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What the shop reads of an event; `text` is all of it, as Stripe wrote it. */
export interface SignedEvent {
  id: string
  type: string
  created: Date
  livemode: boolean
  apiVersion: string | null
  object: Record<string, unknown>
  text: string
}

/**
 * @param body the request's bytes, untouched
 * @param secrets any of them may have signed it: there are several while a secret is being rotated
 * @returns the event, and which secret matched, counted from 1
 * @throws Problem 400 saying what was probably done wrong
 */
export function verifyEvent(
  body: unknown,
  signature: string | undefined,
  secrets: readonly string[],
): { event: SignedEvent; secret: number } {
  if (!Buffer.isBuffer(body) || body.length === 0) throw refuse('empty_body', 'The request has no body.')
  if (signature === undefined) throw refuse('signature_missing', 'The Stripe-Signature header is missing.')
  const text = body.toString('utf8')
  if (Buffer.byteLength(text) !== body.length)
    throw refuse('signature_invalid', 'The body is not valid UTF-8.')

  const faults = secrets.map((secret) => signatureFault(text, signature, secret))
  if (!faults.includes(null)) {
    const tooOld = faults.some((fault) => /tolerance/.test(fault ?? ''))
    throw tooOld
      ? refuse(
          'signature_too_old',
          `The signature is more than ${TOLERANCE_SECONDS} seconds old: a replay, or a clock that is wrong.`,
        )
      : refuse(
          'signature_invalid',
          'No signature matches: either STRIPE_WEBHOOK_SECRET belongs to another endpoint, or the body was changed on its way (a proxy or a parser that re-serialises it).',
        )
  }
  // The last one is what was checked, if there are several.
  const sent = Number.parseInt([...signature.matchAll(/(?:^|,)t=([^,]*)/g)].at(-1)?.[1] ?? '')
  if (!(sent <= Date.now() / 1000 + TOLERANCE_SECONDS)) {
    throw refuse('signature_from_future', 'The signature is from the future: a clock is wrong.')
  }
  return { event: parseEvent(text), secret: faults.indexOf(null) + 1 }
}

/** A v1 with nothing behind it: the SDK compares it and fails with an error that says nothing of signatures. */
const EMPTY_V1 = /(?:^|,)v1(?:=?(?:,|$)|==)/

/** Null when the signature is good. */
function signatureFault(text: string, signature: string, secret: string): string | null {
  if (EMPTY_V1.test(signature)) return 'The header has an empty v1.'
  try {
    signatures.verifyHeader(text, signature, secret, TOLERANCE_SECONDS)
    return null
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return error.message
    throw error
  }
}

/**
 * An event's text as the shop reads it.
 * @throws Problem 400 naming what makes it no event
 */
export function parseEvent(text: string): SignedEvent {
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch {
    throw refuse('not_json', 'The body is signed but is not JSON.')
  }
  const parsed = eventShape.safeParse(payload)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? ''
    throw refuse(
      'not_an_event',
      `The body is signed but is no snapshot event (${field}): send snapshot events to this endpoint, not thin ones.`,
    )
  }
  const { id, type, created, livemode, api_version, data } = parsed.data
  return {
    id,
    type,
    created: new Date(created * 1000),
    livemode,
    apiVersion: api_version,
    object: data.object,
    text,
  }
}

function refuse(code: string, detail: string): Problem {
  return new Problem(400, code, 'Not accepted', detail)
}

function missing(part: string): never {
  throw new Error(`The stripe package lacks ${part}: install the version that package.json names.`)
}
