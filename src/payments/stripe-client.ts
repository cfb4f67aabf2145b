// Stripe's client, and the kinds of errors it throws.
import Stripe from 'stripe'
import { isLiveKey, type Config, type StripeAccess } from '../config.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'

/** Stripe's client, and the settings that go with it. */
export interface StripeContext {
  client: Stripe
  webhookSecrets: readonly string[]
  livemode: boolean
  /** Stored as `app` in every session's metadata: tells our sessions from those of other apps on the same account. */
  appId: string
  /** Return URLs begin with this. */
  baseUrl: string
}

/** Pinned, so that events and answers have the shapes this code expects, whatever the account's default version is. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

function createStripe(access: Pick<StripeAccess, 'secretKey' | 'apiBase'>): Stripe {
  const { apiBase } = access
  return new Stripe(access.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    appInfo: { name: 'Till' },
    telemetry: false,
    // A shopper is waiting: an error page after 20 seconds is better than a longer wait. The attempt is kept for a retry.
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
  { baseUrl }: Pick<Config, 'baseUrl'>,
): StripeContext {
  return {
    client: createStripe(access),
    webhookSecrets: access.webhookSecrets,
    livemode: isLiveKey(access.secretKey),
    appId,
    baseUrl,
  }
}

/** The origin of Stripe's payment page. */
export function payPageOrigin(apiBase: URL | null): string {
  return apiBase && apiBase.hostname !== 'api.stripe.com' ? apiBase.origin : 'https://checkout.stripe.com'
}

/** Whether Stripe answered with an error or could not be reached. */
export function isFromStripe(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeError
}

/** Whether Stripe refuses this request for good, so that retrying is useless. */
export function isRefusal(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeIdempotencyError
  )
}

/** Whether the account has no such object. */
export function isMissing(error: unknown): boolean {
  return isFromStripe(error) && error.code === 'resource_missing'
}

/** Whether Stripe is still processing another request with the same idempotency key. */
export function isInFlight(error: unknown): boolean {
  return isFromStripe(error) && error.code === 'idempotency_key_in_use'
}

/**
 * The Problem for an error from Stripe: one text for the shopper, another for an operator. Other errors are returned as
 * they are.
 * @param orderKey the order to be paid, if known: the Problem links to its page, which has the button to try again
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
