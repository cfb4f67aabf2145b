// Money goes back, or could not: refund.created, refund.updated, refund.failed. Whether the shop asked for it or somebody in
// Stripe's dashboard makes no difference; its payment intent tells whose it is.
import { refundReport } from '../../payments/refund-report.js'
import type { Handler } from '../outcomes.js'

export const handleRefund: Handler = (event, context) => {
  const report = refundReport(event.object, event.created)
  if (report.appId === null || report.appId === context.appId) return { kind: 'report', report }
  return { kind: 'not_ours', detail: `app ${report.appId}` }
}
