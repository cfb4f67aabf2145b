// What a dispute's page says of Visa Compelling Evidence 3.0.
import type { DisputeCase } from '../disputes/dispute-case.js'
import { formatDate } from '../messages/format-date.js'
import { orderNumber } from '../orders/order-key.js'
import { words } from './words.js'

const REQUIRED: Readonly<Record<string, string>> = {
  missing_customer_identifiers:
    'what shows that it was the same person: the IP address or device, and one more of them or of email, account and address',
  missing_disputed_transaction_description: 'what was bought in the disputed order',
  missing_merchandise_or_services: 'whether it was merchandise or a service',
  missing_prior_undisputed_transaction_description: 'what was bought in the earlier orders',
  missing_prior_undisputed_transactions: 'two earlier orders',
}

/** What Visa asks for, and which orders there are. */
export function compellingNote({ compelling, prior }: Pick<DisputeCase, 'compelling' | 'prior'>): string {
  const missing = (compelling?.required_actions ?? []).map((action) => REQUIRED[action] ?? words(action))
  const orders = prior.map(({ key, paidAt, isSameCard }) =>
    [orderNumber(key), paidAt && formatDate(paidAt), isSameCard && 'with the same card']
      .filter(Boolean)
      .join(', '),
  )
  return [
    'Two earlier orders with the same card, paid 120 to 365 days before and never disputed, can make the bank give in.',
    ...(compelling?.status === 'qualified'
      ? ['Stripe says that this dispute qualifies.']
      : missing.length > 0
        ? [`Stripe asks for ${missing.join('; ')}.`]
        : []),
    orders.length === 0
      ? 'The shop has no such order of this customer.'
      : `Orders of this customer: ${orders.join('; ')}.`,
  ].join(' ')
}
