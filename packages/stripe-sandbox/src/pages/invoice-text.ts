// What an invoice's PDF says, line by line.
import { formatAmount } from '../money/currencies.js'
import type { Account } from '../state/account.js'
import type { Invoice } from '../wire.js'

export function invoiceText(account: Account, invoice: Invoice): string[] {
  const money = (amount: number): string => formatAmount(amount, invoice.currency)
  const row = (what: string, amount: number): string => `${what}: ${money(amount)}`
  const { lines } = account.get('invoice_lines', invoice.id)
  const discount = invoice.total_discount_amounts?.reduce((sum, { amount }) => sum + amount, 0) ?? 0
  const address = invoice.customer_address
  const buyer = [
    invoice.customer_name,
    invoice.customer_email,
    address?.line1,
    address?.line2,
    [address?.postal_code, address?.city].filter(Boolean).join(' '),
    address?.country,
  ]
  return [
    `Date: ${new Date((invoice.effective_at ?? invoice.created) * 1000).toISOString().slice(0, 10)}`,
    `Status: ${invoice.status ?? ''}`,
    '',
    ...buyer.flatMap((text) => (text ? [text] : [])),
    '',
    ...lines.map((line) => row(`${line.quantity ?? 1} x ${line.description ?? ''}`, line.amount)),
    '',
    row('Subtotal', invoice.subtotal),
    ...(discount === 0 ? [] : [row('Discount', -discount)]),
    ...(invoice.shipping_cost ? [row('Shipping', invoice.shipping_cost.amount_subtotal)] : []),
    ...(invoice.total_taxes ?? []).map(({ amount, tax_behavior: behavior }) =>
      row(behavior === 'inclusive' ? 'Tax, included' : 'Tax', amount),
    ),
    row('Total', invoice.total),
    row('Paid', invoice.amount_paid),
    '',
    'From the Stripe sandbox: no money was moved.',
  ]
}
