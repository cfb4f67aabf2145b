import type Stripe from 'stripe'
import { missingParameter, notFound, unsupported } from '../api/errors.js'
import { operation } from '../api/operation.js'
import { type BillingDetails, makeBankAccount, makeCard, makeNamedCard } from '../payments/payment-methods.js'
import { mergeMetadata } from '../api/metadata.js'
import type { Account } from '../state/account.js'
import type { Checked, PaymentMethod } from '../wire.js'
import { noSuch } from '../api/errors.js'

type Given = Checked<Stripe.PaymentMethodCreateParams>

export const paymentMethodOperations = [
  operation<Stripe.PaymentMethodCreateParams>('POST /v1/payment_methods', ({ account }, params) => {
    const method = createPaymentMethod(account, params)
    return account.update('payment_method', method.id, { metadata: mergeMetadata({}, params.metadata) })
  }),

  operation('GET /v1/payment_methods/{payment_method}', ({ account, id }) => {
    const found = account.find('payment_method', id) ?? makeNamedCard(account, id)
    if (!found) throw notFound('payment_method', id, 'payment_method')
    return found
  }),
]

function createPaymentMethod(account: Account, given: Given): PaymentMethod {
  const billing = billingOf(given)
  if (given.type === undefined) throw missingParameter('type')
  switch (given.type) {
    case 'card':
      return createCardMethod(account, given.card, billing)
    case 'sepa_debit':
      if (!given.sepa_debit) throw missingParameter('sepa_debit')
      return makeBankAccount(account, 'sepa_debit', given.sepa_debit.iban, billing)
    case 'us_bank_account': {
      const number = given.us_bank_account?.account_number
      if (number === undefined) throw missingParameter('us_bank_account[account_number]')
      return makeBankAccount(account, 'us_bank_account', number, billing)
    }
    default:
      throw unsupported(`payment methods of the type ${given.type}`, 'type')
  }
}

function createCardMethod(account: Account, card: Given['card'], billing: BillingDetails): PaymentMethod {
  if (!card) throw missingParameter('card')
  if (card.token !== undefined) {
    const made = makeNamedCard(account, card.token, billing)
    if (!made) throw noSuch('token', card.token, 'card[token]')
    return made
  }
  if (card.number === undefined) throw missingParameter('card[number]')
  if (card.exp_month === undefined) throw missingParameter('card[exp_month]')
  if (card.exp_year === undefined) throw missingParameter('card[exp_year]')
  return makeCard(
    account,
    { number: card.number, expMonth: card.exp_month, expYear: card.exp_year, cvc: card.cvc },
    billing,
  )
}

function billingOf(given: Given): BillingDetails {
  const { address, email, name, phone } = given.billing_details ?? {}
  return { address: address || null, email: email || null, name: name || null, phone: phone || null }
}
