// Makes a payment method from the pay form.
import type { Account } from '../state/account.js'
import type { PaymentMethod, Session } from '../wire.js'
import { makeBankAccount, makeCard, makeVoucher } from '../payments/payment-methods.js'
import { isVoucher } from '../payments/voucher-types.js'
import { addressOf } from './delivery-address.js'
import { type PayForm, readExpiry } from './pay-form.js'

/** The chosen saved card, with the phone number that was entered. */
function savedMethod(account: Account, { id }: Session, { saved, phone }: PayForm): PaymentMethod {
  account.update('session_details', id, { consentedMethod: undefined })
  const method = account.get('payment_method', saved)
  if (phone === '') return method
  return account.update('payment_method', saved, { billing_details: { ...method.billing_details, phone } })
}

/** The payment method that a valid form describes. */
export function paymentMethodOf(account: Account, session: Session, form: PayForm): PaymentMethod {
  const billing = {
    email: form.email,
    name: form.name,
    phone: form.phone || null,
    address: {
      ...addressOf(form.billing),
      country: form.country,
      postal_code: form.postal_code || null,
    },
  }
  if (form.method === 'bank_debit') {
    const type = session.payment_method_types.includes('us_bank_account') ? 'us_bank_account' : 'sepa_debit'
    return makeBankAccount(account, type, form.account, billing)
  }
  if (isVoucher(form.method)) return makeVoucher(account, form.method, billing, form.boletoTaxId)
  if (form.saved !== '') return savedMethod(account, session, form)
  const expiry = readExpiry(form.expiry) ?? { month: 0, year: 0 }
  const card = makeCard(
    account,
    { number: form.number, expMonth: expiry.month, expYear: expiry.year, cvc: form.cvc },
    billing,
  )
  account.update('session_details', session.id, { consentedMethod: form.saves ? card.id : undefined })
  return card
}
