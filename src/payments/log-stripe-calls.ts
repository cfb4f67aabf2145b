// Logs Stripe's id of each request, beside ours: Stripe's dashboard and its support find a call by it.
import type { Logger } from '../http/logging.js'
import { currentRequestId } from '../http/request-id.js'
import type { StripeCall } from './stripe-transport.js'

/** What changes something is logged always, what only reads when the level is debug. */
export function logStripeCalls(log: Logger): (call: StripeCall) => void {
  return ({ method, path, status, requestId, milliseconds }) => {
    const line = { stripeRequest: requestId, method, path, status, milliseconds, request: currentRequestId() }
    if (method === 'GET') log.debug(line, 'asked Stripe')
    else log.info(line, 'asked Stripe')
  }
}
