// Makes a payment method from the pay form.
import type { Account } from '../state/account.js'
import type { PaymentMethod, Session } from '../wire.js'
import { makeBankAccount, makeCard, makeVoucher } from '../payments/payment-methods.js'
import { isVoucher } from '../payments/voucher-types.js'
import { addressOf } from './delivery-address.js'
import { type PayForm, readExpiry } from './pay-form.js'

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
  const expiry = readExpiry(form.expiry) ?? { month: 0, year: 0 }
  return makeCard(
    account,
    { number: form.number, expMonth: expiry.month, expYear: expiry.year, cvc: form.cvc },
    billing,
  )
}
