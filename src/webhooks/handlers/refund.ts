// refund.created, refund.updated and refund.failed. Refunds made in Stripe's dashboard have no metadata of ours: settlement
// finds their order by the payment intent.
import { refundReport } from '../../payments/refund-report.js'
import type { Handler } from '../outcomes.js'

export const handleRefund: Handler = (event, context) => {
  const report = refundReport(event.object, event.created)
  if (report.appId === null || report.appId === context.appId) return { kind: 'report', report }
  return { kind: 'not_ours', detail: `app ${report.appId}` }
}
