// The answers of API requests that fail on demand.
import { StripeApiError } from '../api/errors.js'
import type { ApiFault } from './faults.js'

/** Stripe's answers to a failed request and to one too many. */
export function faultAnswer(fault: Exclude<ApiFault, 'timeout'>): StripeApiError {
  if (fault === 'error') {
    return new StripeApiError(500, {
      type: 'api_error',
      message: 'An unknown error occurred. (An injected fault of the sandbox; the request was not executed.)',
    })
  }
  return new StripeApiError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  })
}
