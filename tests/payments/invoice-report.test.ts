import { describe, expect, it } from 'vitest'
import { invoiceReport, mergeInvoice } from '../../src/payments/invoice-report.js'

const invoice = (fields: object) => ({
  id: 'in_1',
  object: 'invoice',
  metadata: { order_key: 'ord_1' },
  ...fields,
})

describe('an invoice’s addresses', () => {
  it.each([
    ['https://pay.stripe.com/invoice/acct_1/pdf?s=ap', true],
    ['https://invoice.stripe.com/i/acct_1', true],
    ['http://127.0.0.1:12111/i/in_1/pdf', true],
    ['http://pay.stripe.com/invoice', false],
    ['https://stripe.com.evil.example/pdf', false],
    ['https://evilstripe.com/pdf', false],
    ['javascript:alert(1)', false],
    [null, false],
  ])('%s is kept: %s', (url, isKept) => {
    const { invoice: read } = invoiceReport(invoice({ invoice_pdf: url, hosted_invoice_url: url }))
    expect(read).toEqual({ id: 'in_1', pdf: isKept ? url : null, url: isKept ? url : null })
  })
})

it('the order in which an invoice is reported makes no difference', () => {
  const bare = { id: 'in_1', pdf: null, url: null }
  const final = { id: 'in_1', pdf: 'https://pay.stripe.com/pdf', url: 'https://invoice.stripe.com/i' }
  const other = { id: 'in_2', pdf: 'https://pay.stripe.com/2', url: null }
  expect(mergeInvoice(bare, final)).toEqual(final)
  expect(mergeInvoice(final, bare)).toEqual(final)
  expect(mergeInvoice(mergeInvoice(other, bare), final)).toEqual(final)
  expect(mergeInvoice(mergeInvoice(final, other), bare)).toEqual(final)
})
