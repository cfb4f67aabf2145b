// Stripe's client, and the kinds of errors it throws.
import Stripe from 'stripe'
import { isLiveKey, isLoopback, type Config, type StripeAccess } from '../config.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { StripeClock } from './stripe-clock.js'
import { stripeDashboard, type StripeDashboard } from './stripe-dashboard.js'
import { CALL_TIMEOUT_MS, stripeTransport, type StripeCall } from './stripe-transport.js'

/** Stripe's client, and the settings that go with it. */
export interface StripeContext {
  client: Stripe
  clock: StripeClock
  /** Cuts the calls in progress and refuses new ones. */
  stop: () => void
  /** How many more calls this request may make. Undefined: as many as it needs. */
  calls?: { left: number }
  webhookSecrets: readonly string[]
  livemode: boolean
  /** Stored as `app` in every session's metadata: tells our sessions from those of other apps on the same account. */
  appId: string
  /** Return URLs begin with this. */
  baseUrl: string
  /** Where Stripe's payment page may be. Browsers block a form that ends anywhere else. */
  payPageOrigins: readonly string[]
  /** Where operators look payments up. */
  dashboard: StripeDashboard
}

/** Pinned, so that events and answers have the shapes this code expects, whatever the account's default version is. */
export const STRIPE_API_VERSION = '2026-10-28.endive'

/** The calls to Stripe that one request of a shopper may make. Two or three are usual. */
const CALLS_PER_REQUEST = 8

/** The same context, for a request that may call Stripe CALLS_PER_REQUEST times. */
export function withCallLimit(stripe: StripeContext): StripeContext {
  return stripe.calls ? stripe : { ...stripe, calls: { left: CALLS_PER_REQUEST } }
}

/** The request has used up its calls to Stripe, so it is probably stuck. */
export class CallLimitError extends Error {
  override name = 'CallLimitError'
}

/** Stripe's client, for one call. @throws CallLimitError */
export function clientOf({ client, calls }: StripeContext): Stripe {
  if (calls && calls.left-- <= 0)
    throw new CallLimitError(`This request has called Stripe ${CALLS_PER_REQUEST} times already.`)
  return client
}

function createStripe(
  { secretKey, apiBase }: Pick<StripeAccess, 'secretKey' | 'apiBase'>,
  fetchFn: typeof fetch,
): Stripe {
  return new Stripe(secretKey, {
    apiVersion: STRIPE_API_VERSION,
    appInfo: { name: 'Till' },
    telemetry: false,
    // A shopper is waiting: an error page is better than a longer wait. The attempt is kept for a retry.
    timeout: CALL_TIMEOUT_MS,
    // The transport retries, within that time.
    maxNetworkRetries: 0,
    httpClient: Stripe.createFetchHttpClient(fetchFn),
    ...(apiBase && {
      host: apiBase.hostname,
      port: apiBase.port || (apiBase.protocol === 'https:' ? '443' : '80'),
      protocol: apiBase.protocol === 'https:' ? 'https' : 'http',
    }),
  })
}

/** @param onCall told of every call that Stripe has answered */
export function createStripeContext(
  access: StripeAccess,
  appId: string,
  config: Pick<Config, 'baseUrl'> & { checkoutOrigin?: string | null },
  onCall?: (call: StripeCall) => void,
): StripeContext {
  const clock = new StripeClock()
  const transport = stripeTransport(clock, onCall)
  return {
    client: createStripe(access, transport.fetch),
    clock,
    stop: transport.stop,
    webhookSecrets: access.webhookSecrets,
    livemode: isLiveKey(access.secretKey),
    appId,
    baseUrl: config.baseUrl,
    payPageOrigins: payPageOrigins(access.apiBase, config.checkoutOrigin ?? null),
    dashboard: stripeDashboard(access, isLiveKey(access.secretKey)),
  }
}

/**
 * As the Content-Security-Policy writes them. A Stripe on this machine may have its page on any port.
 * @param checkoutOrigin of the account's custom domain. Stripe's own stays valid: it is used while the domain is off.
 */
function payPageOrigins(apiBase: URL | null, checkoutOrigin: string | null): string[] {
  const isStripe = apiBase === null || apiBase.hostname === 'api.stripe.com'
  const usual = isStripe
    ? 'https://checkout.stripe.com'
    : isLoopback(apiBase.hostname)
      ? `${apiBase.protocol}//${apiBase.hostname}:*`
      : apiBase.origin
  return checkoutOrigin === null ? [usual] : [usual, checkoutOrigin]
}

/** Whether our forms may lead to this page of Stripe's. */
export function isPayPage({ payPageOrigins }: StripeContext, url: string): boolean {
  const { origin, protocol, hostname } = new URL(url)
  return payPageOrigins.includes(origin) || payPageOrigins.includes(`${protocol}//${hostname}:*`)
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

/** Whether Stripe can't be asked for anything now. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    error instanceof Stripe.errors.StripeAuthenticationError
  )
}

/** Whether the fault is Stripe's own, and passes. */
export function isFault(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeAPIError
}

/** An answer that lacks what the shop needs of it. It counts like a missing one: the call can be repeated. */
export function unreadableAnswer(answer: unknown, reason: string): Stripe.errors.StripeError {
  const { lastResponse } = answer as { lastResponse?: { requestId?: string } }
  return new Stripe.errors.StripeAPIError({
    type: 'api_error',
    message: `Stripe’s answer can’t be used: ${reason}.`,
    ...(lastResponse?.requestId !== undefined && { requestId: lastResponse.requestId }),
  })
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
  const { message, requestId } = error
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
    retryAfter: secondsToWait(error),
    cause: error,
    forOperator: `Stripe could not be asked: ${message}${requestId ? ` (request ${requestId})` : ''}`,
    ...(orderKey !== null && { action: { href: `/orders/${orderKey}`, label: t().checkout.viewOrder } }),
  })
}

/** Whether Stripe itself answered with a fault, which it repeats for the same idempotency key. */
export function hasAnswered({ options: { cause } }: Problem): boolean {
  return cause instanceof Stripe.errors.StripeAPIError && cause.requestId !== undefined
}

const RETRY_SECONDS = 30

function secondsToWait({ headers }: Stripe.errors.StripeError): number {
  const asked = Number(headers?.['retry-after'])
  return asked > 0 && asked <= 3600 ? Math.ceil(asked) : RETRY_SECONDS
}
