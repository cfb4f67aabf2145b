// API operations for payment methods.
import type Stripe from 'stripe'
import { missingParameter, notFound, refused, unsupported } from '../api/errors.js'
import { hasValues, listPage, type Page } from '../api/lists.js'
import { type Call, operation } from '../api/operation.js'
import { attachOnRequest } from '../payments/attach.js'
import { markUsed } from '../payments/method-owner.js'
import {
  type BillingDetails,
  fullAddress,
  makeBankAccount,
  makeCard,
  makeNamedCard,
} from '../payments/payment-methods.js'
import { mergeMetadata } from '../api/metadata.js'
import type { Account } from '../state/account.js'
import type { Checked, List, PaymentMethod } from '../wire.js'
import { noSuch } from '../api/errors.js'
import { requireCustomer } from './customers.js'
import { previousValues } from './previous-values.js'
import { refuseAllBut, refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

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

  operation<Stripe.PaymentMethodListParams>('GET /v1/payment_methods', (call, params) => {
    refuseUnsupported(params, ['customer_account'])
    return listMethods(call, params.customer, params)
  }),

  operation<Stripe.CustomerListPaymentMethodsParams>(
    'GET /v1/customers/{customer}/payment_methods',
    (call, params) => listMethods(call, requireCustomer(call.account, call.id).id, params),
  ),

  operation<Stripe.PaymentMethodUpdateParams>(
    'POST /v1/payment_methods/{payment_method}',
    ({ account, id }, params) => {
      const method = requireMethod(account, id)
      refuseAllBut(params, ['allow_redisplay', 'billing_details', 'metadata'])
      const updated = account.update('payment_method', id, {
        ...withoutUndefined({ allow_redisplay: params.allow_redisplay }),
        billing_details: changedBilling(method.billing_details, params.billing_details),
        metadata: mergeMetadata(method.metadata ?? {}, params.metadata),
      })
      account.emit('payment_method.updated', updated, previousValues(method, updated))
      return updated
    },
  ),

  operation<Stripe.PaymentMethodAttachParams>(
    'POST /v1/payment_methods/{payment_method}/attach',
    ({ account, id }, params) => {
      refuseUnsupported(params, ['customer_account'])
      if (params.customer === undefined) throw missingParameter('customer')
      if (!account.find('customer', params.customer)) throw noSuch('customer', params.customer, 'customer')
      const method = account.find('payment_method', id) ?? makeNamedCard(account, id)
      if (!method) throw notFound('payment_method', id, 'payment_method')
      return attachOnRequest(account, method, params.customer)
    },
  ),

  operation('POST /v1/payment_methods/{payment_method}/detach', ({ account, id }) => {
    const method = requireMethod(account, id)
    if (method.customer === null) {
      throw refused(
        'The payment method you provided is not attached to a customer so detachment is impossible.',
        'payment_method',
      )
    }
    clearDefaultMethod(account, method)
    const detached = account.update('payment_method', id, { customer: null })
    markUsed(account, id)
    account.emit('payment_method.detached', detached, { customer: method.customer })
    return detached
  }),
]

/** Lists attached payment methods only. Those of one-time payments belong to no customer. */
function listMethods(
  call: Call,
  customer: string | undefined,
  params: { type?: string; allow_redisplay?: string } & Page,
): List<PaymentMethod> {
  const { type, allow_redisplay } = params
  return listPage(
    call,
    'payment_method',
    call.account.all('payment_method'),
    params,
    (method) => method.customer !== null && hasValues(method, { customer, type, allow_redisplay }),
  )
}

function changedBilling(
  stored: PaymentMethod['billing_details'],
  given: Checked<Stripe.PaymentMethodUpdateParams>['billing_details'],
): PaymentMethod['billing_details'] {
  const { address, email, name, phone } = given ?? {}
  return {
    ...stored,
    ...(address === undefined ? {} : { address: fullAddress(address || null) }),
    ...(email === undefined ? {} : { email: email || null }),
    ...(name === undefined ? {} : { name: name || null }),
    ...(phone === undefined ? {} : { phone: phone || null }),
  }
}

/** Unsets the customer's default payment method if it is the one being detached. */
function clearDefaultMethod(account: Account, method: PaymentMethod): void {
  const customer = account.find('customer', method.customer)
  if (customer?.invoice_settings.default_payment_method !== method.id) return
  account.update('customer', customer.id, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: null },
  })
}

function requireMethod(account: Account, id: string): PaymentMethod {
  const method = account.find('payment_method', id)
  if (!method) throw notFound('payment_method', id, 'payment_method')
  return method
}

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
