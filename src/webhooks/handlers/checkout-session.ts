// checkout.session events: completed (paid or still processing), expired (by time or by the shop), and the two that say how
// a delayed payment ended.
import { sessionReport } from '../../payments/session-report.js'
import { appOf } from '../../payments/stripe-object.js'
import type { Handler } from '../outcomes.js'

export const handleCheckoutSession: Handler = (event, { appId }) => {
  // Judged first: what is odd about another app's session is that app's business.
  const app = appOf(event.object)
  if (app === null) return { kind: 'not_ours', detail: 'no app in its metadata' }
  // Metadata that can't be read makes the session unreadable, below.
  if (app !== undefined && app !== appId) return { kind: 'not_ours', detail: `app ${app}` }
  // The session stays complete and unpaid: only the event's type says that the payment failed.
  const failed = event.type === 'checkout.session.async_payment_failed'
  const report = sessionReport(event.object, event.created, failed)
  if (report.paymentLinkId !== null && report.status === 'expired')
    return { kind: 'ignored', detail: 'a visit to a payment link that ended without a payment' }
  return { kind: 'report', report }
}
