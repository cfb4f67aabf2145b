// checkout.session events: completed (paid or still processing), expired (by time or by the shop), and the two that say how
// a delayed payment ended.
import { sessionReport } from '../../payments/session-report.js'
import type { Handler } from '../outcomes.js'

export const handleCheckoutSession: Handler = (event, { appId }) => {
  // The session stays complete and unpaid: only the event's type says that the payment failed.
  const failed = event.type === 'checkout.session.async_payment_failed'
  const report = sessionReport(event.object, event.created, failed)
  if (report.appId === appId) return { kind: 'report', report }
  const detail = report.appId === null ? 'no app in its metadata' : `app ${report.appId}`
  return { kind: 'not_ours', detail }
}
