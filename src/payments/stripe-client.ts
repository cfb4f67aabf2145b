// The one Stripe client, and what it can fail with.
import Stripe from 'stripe'
import { isLiveKey, type Config, type StripeAccess } from '../config.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

/** Stripe's client, and what tells the shop's own sessions and events from others. */
export interface StripeContext {
  client: Stripe
  webhookSecrets: readonly string[]
  livemode: boolean
  /** In every session's metadata as `app`: tells our sessions from those of other apps on the same account. */
  appId: string
  /** What return URLs begin with. */
  baseUrl: string
  /** Whether Stripe's page takes promotion codes. */
  promotionCodes: boolean
}

/** Pinned: events and answers have the shapes that this code was written for, whatever the account's default is. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

function createStripe(access: Pick<StripeAccess, 'secretKey' | 'apiBase'>): Stripe {
  const { apiBase } = access
  return new Stripe(access.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    appInfo: { name: 'Till' },
    telemetry: false,
    // A shopper is waiting: better a page that says so than a minute of nothing. The attempt stays, for the retry.
    timeout: 20_000,
    maxNetworkRetries: 2,
    ...(apiBase && {
      host: apiBase.hostname,
      port: apiBase.port || (apiBase.protocol === 'https:' ? '443' : '80'),
      protocol: apiBase.protocol === 'https:' ? 'https' : 'http',
    }),
  })
}

export function createStripeContext(
  access: StripeAccess,
  appId: string,
  { baseUrl, promotionCodes }: Pick<Config, 'baseUrl' | 'promotionCodes'>,
): StripeContext {
  return {
    client: createStripe(access),
    webhookSecrets: access.webhookSecrets,
    livemode: isLiveKey(access.secretKey),
    appId,
    baseUrl,
    promotionCodes,
  }
}

/** Origin of the page that Stripe's `url` leads to. */
export function payPageOrigin(apiBase: URL | null): string {
  return apiBase && apiBase.hostname !== 'api.stripe.com' ? apiBase.origin : 'https://checkout.stripe.com'
}

/** Stripe's own word, or the client's that Stripe could not be asked. */
export function isFromStripe(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeError
}

/** Stripe was asked wrongly and will always refuse: trying again is useless. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeIdempotencyError
  )
}

/** There is no such object, in the account that is asked. */
export function isMissing(error: unknown): boolean {
  return isFromStripe(error) && error.code === 'resource_missing'
}

/** The same request is being answered to somebody else right now. */
export function isInFlight(error: unknown): boolean {
  return isFromStripe(error) && error.code === 'idempotency_key_in_use'
}

/**
 * What the shopper is told when Stripe could not be asked; the cause goes to the log, and to an operator who asked.
 * @param orderKey the order that was to be paid, where it is known: its page has the button to try again
 */
export function stripeProblem(error: unknown, orderKey: string | null = null): unknown {
  if (!isFromStripe(error)) return error
  const { message } = error
  if (isRefusal(error)) {
    return new Problem(
      502,
      'payment_refused_by_stripe',
      t().checkout.refusedByStripeTitle,
      t().checkout.refusedByStripe,
      { cause: error, forOperator: `Stripe refused: ${message}` },
    )
  }
  return new Problem(503, 'stripe_unavailable', t().checkout.stripeAwayTitle, t().checkout.stripeAway, {
    retryAfter: 30,
    cause: error,
    forOperator: `Stripe could not be asked: ${message}`,
    ...(orderKey !== null && { action: { href: `/orders/${orderKey}`, label: t().checkout.viewOrder } }),
  })
}
