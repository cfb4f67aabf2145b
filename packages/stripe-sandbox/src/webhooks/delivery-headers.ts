// The HTTP headers of a webhook delivery.
import { signatureHeader } from './signature.js'

/** Signed with the real time, not the sandbox's, because the receiver compares it with its own clock. */
export function deliveryHeaders(secrets: readonly string[], body: string): Record<string, string> {
  return {
    Accept: '*/*; q=0.5, application/xml',
    'Cache-Control': 'no-cache',
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': signatureHeader(secrets, body, Math.floor(Date.now() / 1000)),
    'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  }
}
