import type { PaymentIntent, PaymentMethod, SetupIntent } from '../wire.js'

export interface ErrorFields {
  type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error'
  message: string
  code?: string | undefined
  param?: string | undefined
  decline_code?: string | undefined
  advice_code?: string | undefined
  network_decline_code?: string | undefined
  charge?: string | undefined
  payment_intent?: PaymentIntent | undefined
  payment_method?: PaymentMethod | undefined
  setup_intent?: SetupIntent | undefined
}

/** An answer in Stripe's error shape. */
export class StripeApiError extends Error {
  constructor(
    readonly status: number,
    readonly fields: ErrorFields,
    /** False for problems found before anything ran: a repeat with the same idempotency key may then be different. */
    readonly executed = false,
  ) {
    super(fields.message)
  }
}

/** The body of an error answer: keys in alphabetical order, absent ones left out, as Stripe's own answers. */
export function errorBody(fields: ErrorFields, accountId: string | null, requestId: string): object {
  const all = {
    ...fields,
    ...(fields.code
      ? { doc_url: `https://stripe.com/docs/error-codes/${fields.code.replaceAll('_', '-')}` }
      : {}),
    ...(accountId
      ? {
          request_log_url: `https://dashboard.stripe.com/${accountId}/test/workbench/logs?object=${requestId}`,
        }
      : {}),
  }
  const entries = Object.entries(all).filter(([, value]) => value !== undefined)
  return { error: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) }
}

export function invalidRequest(message: string, param?: string, code?: string): StripeApiError {
  return new StripeApiError(400, { type: 'invalid_request_error', message, param, code })
}

/** The same as `invalidRequest`, for an operation that ran and found the state against it: this answer is replayed. */
export function refused(message: string, param?: string, code?: string): StripeApiError {
  return new StripeApiError(400, { type: 'invalid_request_error', message, param, code }, true)
}

export function missingParameter(param: string): StripeApiError {
  return invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing')
}

export function unknownParameter(param: string): StripeApiError {
  return invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown')
}

export function emptyParameter(param: string): StripeApiError {
  return invalidRequest(
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    param,
    'parameter_invalid_empty',
  )
}

/** What Stripe calls each kind in "No such …". */
const NOUNS: Record<string, string> = {
  webhook_endpoint: 'webhook endpoint',
  payment_method: 'PaymentMethod',
  promotion_code: 'promotion code',
  shipping_rate: 'shipping rate',
  'radar.early_fraud_warning': 'early fraud warning',
  tax_rate: 'tax rate',
  'test_helpers.test_clock': 'test clock',
  setup_intent: 'setupintent',
  'billing_portal.configuration': 'configuration',
}

/** An id in a parameter that belongs to nothing. */
export function noSuch(kind: string, id: string, param: string): StripeApiError {
  return invalidRequest(`No such ${NOUNS[kind] ?? kind}: '${id}'`, param, 'resource_missing')
}

/** An id in the path that belongs to nothing. */
export function notFound(kind: string, id: string, param = 'id'): StripeApiError {
  // Checkout is the exception that clients see: no quotes and no param.
  const fields =
    kind === 'checkout.session'
      ? { message: `No such checkout.session: ${id}` }
      : { message: `No such ${NOUNS[kind] ?? kind}: '${id}'`, param }
  return new StripeApiError(404, { type: 'invalid_request_error', code: 'resource_missing', ...fields })
}

/** Something that Stripe has and the sandbox has not. Saying so is better than pretending. */
export function unsupported(what: string, param?: string): StripeApiError {
  return invalidRequest(`The sandbox does not support ${what}. Stripe does.`, param)
}
