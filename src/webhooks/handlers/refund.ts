// refund.created, refund.updated and refund.failed. Refunds made in Stripe's dashboard have no metadata of ours: settlement
// finds their order by the payment intent.
import { refundReport } from '../../payments/refund-report.js'
import { appOf } from '../../payments/stripe-object.js'
import type { Handler } from '../outcomes.js'

export const handleRefund: Handler = (event, { appId }) => {
  const app = appOf(event.object)
  if (typeof app === 'string' && app !== appId) return { kind: 'not_ours', detail: `app ${app}` }
  return { kind: 'report', report: refundReport(event.object, event.created) }
}
