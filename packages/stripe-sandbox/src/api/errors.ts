// The API's errors, with Stripe's texts and codes.
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

/** An error that is answered in Stripe's format. */
export class StripeApiError extends Error {
  constructor(
    readonly status: number,
    readonly fields: ErrorFields,
    /** False when the request was refused before it ran: the idempotency key can then be used for another request. */
    readonly executed = false,
  ) {
    super(fields.message)
  }
}

/** The body of an error answer. As at Stripe, keys are in alphabetical order and absent ones are left out. */
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

/** Like `invalidRequest`, for a request that ran and was refused because of the state: its answer is replayed. */
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
  file: 'file upload',
  webhook_endpoint: 'webhook endpoint',
  payment_method: 'PaymentMethod',
  promotion_code: 'promotion code',
  shipping_rate: 'shipping rate',
  'radar.early_fraud_warning': 'early fraud warning',
  tax_code: 'tax code',
  tax_rate: 'tax rate',
  'test_helpers.test_clock': 'test clock',
  setup_intent: 'setupintent',
  'billing_portal.configuration': 'configuration',
}

/** A parameter holds an id that does not exist. */
export function noSuch(kind: string, id: string, param: string): StripeApiError {
  return invalidRequest(`No such ${NOUNS[kind] ?? kind}: '${id}'`, param, 'resource_missing')
}

/** The path holds an id that does not exist. */
export function notFound(kind: string, id: string, param = 'id'): StripeApiError {
  // Stripe's text for Checkout sessions has no quotes and no param.
  const fields =
    kind === 'checkout.session'
      ? { message: `No such checkout.session: ${id}` }
      : { message: `No such ${NOUNS[kind] ?? kind}: '${id}'`, param }
  return new StripeApiError(404, { type: 'invalid_request_error', code: 'resource_missing', ...fields })
}

/** A feature that Stripe has and the sandbox lacks. It is refused rather than ignored. */
export function unsupported(what: string, param?: string): StripeApiError {
  return invalidRequest(`The sandbox does not support ${what}. Stripe does.`, param)
}
