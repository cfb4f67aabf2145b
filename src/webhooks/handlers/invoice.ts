// invoice.paid: the invoice of an order is final, with its PDF. It may come before the session's event.
import { invoiceReport } from '../../payments/invoice-report.js'
import { appOf } from '../../payments/stripe-object.js'
import type { Handler } from '../outcomes.js'

export const handleInvoice: Handler = (event, { appId }) => {
  const app = appOf(event.object)
  // The invoices of other apps, of subscriptions and of payment links.
  if (app !== appId) return { kind: 'not_ours', detail: app ? `app ${app}` : 'no app in its metadata' }
  return { kind: 'report', report: invoiceReport(event.object) }
}
