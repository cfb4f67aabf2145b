// Verifies that Stripe signed a delivery, over its raw bytes, before anything parses them.
import Stripe from 'stripe'
import { z } from 'zod'
import { Problem } from '../http/problem.js'
import { seconds, stripeId, text as stripeText } from '../payments/stripe-object.js'

/** Stripe signs every try anew, so a genuine delivery is seconds old. Source: https://docs.stripe.com/webhooks#replay-attacks */
const TOLERANCE_SECONDS = 300

const signatures = Stripe.webhooks.signature ?? missing('webhooks.signature')

const eventShape = z.object({
  id: stripeId,
  object: z.literal('event'),
  type: z.string().regex(/^[\w.]{1,255}$/),
  created: seconds,
  livemode: z.boolean(),
  api_version: stripeText.nullable(),
  data: z.object({ object: z.custom<Record<string, unknown>>(isObject) }),
})

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The parts of an event that the shop reads. `text` is the whole event as Stripe sent it. */
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
 * @param body the raw bytes of the request
 * @param secrets one of them must match. There are several while a secret is rotated.
 * @param stripeTime the time by Stripe's clock, if its API has told us. The signature's time must be near that or near ours:
 * so a wrong clock of ours refuses nothing, and a wrong measurement neither.
 * @returns the event, and which secret matched, counted from 1
 * @throws Problem 400 with the probable mistake
 */
export function verifyEvent(
  body: unknown,
  signature: string | undefined,
  secrets: readonly string[],
  stripeTime = new Date(),
): { event: SignedEvent; secret: number } {
  if (!Buffer.isBuffer(body) || body.length === 0) throw refuse('empty_body', 'The request has no body.')
  if (signature === undefined) throw refuse('signature_missing', 'The Stripe-Signature header is missing.')
  const text = body.toString('utf8')
  if (Buffer.byteLength(text) !== body.length)
    throw refuse('signature_invalid', 'The body is not valid UTF-8.')

  // If there are several, the SDK checks the last one.
  const sent = Number.parseInt([...signature.matchAll(/(?:^|,)t=([^,]*)/g)].at(-1)?.[1] ?? '')
  const now = nearest(sent * 1000, Date.now(), stripeTime.getTime())
  const faults = secrets.map((secret) => signatureFault(text, signature, secret, now))
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
  if (!(sent <= now / 1000 + TOLERANCE_SECONDS)) {
    throw refuse('signature_from_future', 'The signature is from the future: a clock is wrong.')
  }
  return { event: parseEvent(text), secret: faults.indexOf(null) + 1 }
}

/** An empty v1, for which the SDK throws an error that is not about signatures. */
const EMPTY_V1 = /(?:^|,)v1(?:=?(?:,|$)|==)/

function nearest(time: number, one: number, other: number): number {
  return Math.abs(time - other) < Math.abs(time - one) ? other : one
}

/** Why the signature is invalid, or null. */
function signatureFault(text: string, signature: string, secret: string, now: number): string | null {
  if (EMPTY_V1.test(signature)) return 'The header has an empty v1.'
  try {
    signatures.verifyHeader(text, signature, secret, TOLERANCE_SECONDS, undefined, now)
    return null
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return error.message
    throw error
  }
}

/**
 * Parses an event's JSON.
 * @throws Problem 400 naming the field that is not an event's
 */
export function parseEvent(text: string): SignedEvent {
  let payload: unknown
  // A byte order mark is signed like the rest, and says nothing.
  const json = text.replace(/^\ufeff/, '')
  try {
    payload = JSON.parse(json)
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
    text: json,
  }
}

function refuse(code: string, detail: string): Problem {
  return new Problem(400, code, 'Not accepted', detail)
}

function missing(part: string): never {
  throw new Error(`The stripe package lacks ${part}: install the version that package.json names.`)
}
