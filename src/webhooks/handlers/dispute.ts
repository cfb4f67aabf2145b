// The shopper's bank asks for the money back, or has decided: every charge.dispute event bears the dispute as it is then.
import { disputeReport } from '../../payments/dispute-report.js'
import type { Handler } from '../outcomes.js'

export const handleDispute: Handler = (event) => ({
  kind: 'report',
  report: disputeReport(event.object, event.created),
})
