import { StripeApiError } from '../api/errors.js'
import type { ApiFault } from './faults.js'

/** The answers that Stripe gives when it has trouble of its own, or when it has had enough. */
export function faultAnswer(fault: Exclude<ApiFault, 'timeout'>): StripeApiError {
  if (fault === 'error') {
    return new StripeApiError(500, {
      type: 'api_error',
      message:
        'An unknown error occurred. (A fault of the sandbox that was asked for; nothing was carried out.)',
    })
  }
  return new StripeApiError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  })
}
