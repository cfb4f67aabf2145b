// Early fraud warnings and reviews. They have no metadata: settlement finds their order by the payment intent.
import { fraudWarningReport, reviewReport } from '../../payments/risk-report.js'
import type { Handler } from '../outcomes.js'

export const handleFraudWarning: Handler = (event) => ({
  kind: 'report',
  report: fraudWarningReport(event.object, event.created),
})

export const handleReview: Handler = (event) => ({
  kind: 'report',
  report: reviewReport(event.object, event.created, event.type === 'review.closed'),
})
