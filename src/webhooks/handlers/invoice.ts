// invoice.paid: the invoice of an order is final, with its PDF. It may come before the session's event, if it names the order:
// that of a payment link can't, because the link has no order yet when it is created.
import { invoiceReport } from '../../payments/invoice-report.js'
import { appOf } from '../../payments/stripe-object.js'
import type { Handler } from '../outcomes.js'

export const handleInvoice: Handler = (event, { appId }) => {
  const app = appOf(event.object)
  // The invoices of other apps and of subscriptions.
  if (app !== appId) return { kind: 'not_ours', detail: app ? `app ${app}` : 'no app in its metadata' }
  return { kind: 'report', report: invoiceReport(event.object) }
}
