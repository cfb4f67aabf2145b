// Addresses of payments in Stripe's dashboard, or in the local sandbox's panel.
import { isLoopback, type StripeAccess } from '../config.js'

/** The beginning of these addresses. */
export interface StripeDashboard {
  base: string
  isSandbox: boolean
}

export function stripeDashboard(
  { apiBase }: Pick<StripeAccess, 'apiBase'>,
  livemode: boolean,
): StripeDashboard {
  if (apiBase !== null && isLoopback(apiBase.hostname)) return { base: apiBase.origin, isSandbox: true }
  return { base: `https://dashboard.stripe.com${livemode ? '' : '/test'}`, isSandbox: false }
}

export function paymentHref({ base }: StripeDashboard, paymentIntentId: string): string {
  return `${base}/payments/${paymentIntentId}`
}

/** The dashboard has no page of a session: its search leads to what it knows. */
export function sessionHref({ base, isSandbox }: StripeDashboard, sessionId: string): string {
  return isSandbox ? `${base}/sessions/${sessionId}` : `${base}/search?query=${sessionId}`
}

export function disputeHref({ base }: StripeDashboard, disputeId: string): string {
  return `${base}/disputes/${disputeId}`
}
