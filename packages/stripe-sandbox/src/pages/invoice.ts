// The page behind an invoice's `hosted_invoice_url`.
import { Router, type Request, type Response } from 'express'
import { paymentOf } from '../billing/invoice-outcome.js'
import { formatAmount } from '../money/currencies.js'
import { Account } from '../state/account.js'
import { invoiceText } from './invoice-text.js'
import { message } from './message.js'
import type { PageDeps } from './page-deps.js'
import { textPdf } from './text-pdf.js'

const STATES: Record<string, string> = {
  open: 'Due',
  paid: 'Paid',
  void: 'Void',
  uncollectible: 'Not collected',
}

export function invoicePages({ context }: PageDeps): Router {
  const router = Router()

  /** The invoice in the address, if it is final. Answers the request otherwise. */
  function find(request: Request<{ invoice: string }>, response: Response) {
    const accountId = context.store.accountOf('invoice', request.params.invoice)
    const account = accountId === undefined ? undefined : new Account(accountId, context)
    const invoice = account?.get('invoice', request.params.invoice)
    if (account && invoice && invoice.number !== null) return { account, invoice }
    message(response, 404, 'Invoice not found', 'It may be a draft, or belong to another sandbox.')
    return undefined
  }

  router.get('/i/:invoice/pdf', (request, response) => {
    const found = find(request, response)
    if (!found) return
    const { account, invoice } = found
    response.type('application/pdf')
    response.attachment(`Invoice-${invoice.number ?? ''}.pdf`)
    response.send(textPdf(`Invoice ${invoice.number ?? ''}`, invoiceText(account, invoice)))
  })

  router.get('/i/:invoice', (request, response) => {
    const found = find(request, response)
    if (!found) return
    const { account, invoice } = found
    const money = (amount: number): string => formatAmount(amount, invoice.currency)
    const payment = account.find('payment_intent', paymentOf(account, invoice.id)?.payment.payment_intent)
    response.render('invoice', {
      title: `Invoice ${invoice.number}`,
      number: invoice.number,
      amount: money(invoice.status === 'open' ? invoice.amount_remaining : invoice.total),
      state: STATES[invoice.status ?? ''] ?? '',
      date: dateOf(invoice.effective_at ?? invoice.created),
      due: invoice.due_date === null ? null : dateOf(invoice.due_date),
      customer: invoice.customer_name ?? invoice.customer_email ?? invoice.customer,
      lines: account.get('invoice_lines', invoice.id).lines.map((line) => ({
        description: line.description ?? '',
        period:
          line.period.end > line.period.start
            ? `${dateOf(line.period.start)} to ${dateOf(line.period.end)}`
            : null,
        amount: money(line.amount),
      })),
      total: money(invoice.total),
      pdf: `/i/${invoice.id}/pdf`,
      // The customer can complete a payment that needs 3-D Secure here.
      authenticate: payment?.status === 'requires_action' ? `/authenticate/${payment.id}` : null,
    })
  })
  return router
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
