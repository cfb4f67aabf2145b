// charge.dispute events: each carries the dispute as it is at that time.
import { keepDetails } from '../../disputes/details.js'
import { disputeReport } from '../../payments/dispute-report.js'
import type { Handler } from '../outcomes.js'

export const handleDispute: Handler = (event) => ({
  kind: 'report',
  report: disputeReport(event.object, event.created),
  write: (tx) => keepDetails(tx, event.object, event.created),
})
