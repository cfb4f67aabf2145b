import type Stripe from 'stripe'
import { invalidRequest, notFound } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { fullAddress } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import type { Checked, Customer } from '../wire.js'
import { previousValues } from './products.js'
import { refuseUnsupported } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

const notActedOn = [
  'balance',
  'cash_balance',
  'invoice_settings',
  'source',
  'tax',
  'tax_id_data',
  'test_clock',
]

export const customerOperations = [
  operation<Stripe.CustomerCreateParams>('POST /v1/customers', ({ account }, params) => {
    refuseUnsupported(params, notActedOn)
    const customer = createCustomer(account, {
      ...changesOf(params),
      metadata: mergeMetadata({}, params.metadata),
    })
    account.emit('customer.created', customer)
    return customer
  }),

  operation<Stripe.CustomerListParams>('GET /v1/customers', (call, params) => {
    const { email, created } = params
    return listPage(
      call,
      'customer',
      call.account.all('customer'),
      params,
      (customer) => hasValues(customer, { email }) && inRange(customer.created, created),
    )
  }),

  operation('GET /v1/customers/{customer}', ({ account, id }) => {
    const found = account.find('customer', id) ?? account.find('deleted', id)
    if (found?.object !== 'customer') throw notFound('customer', id)
    return found
  }),

  operation<Stripe.CustomerUpdateParams>('POST /v1/customers/{customer}', ({ account, id }, params) => {
    const customer = customerAt(account, id)
    refuseUnsupported(params, notActedOn)
    const updated = account.update('customer', id, {
      ...changesOf(params),
      metadata: mergeMetadata(customer.metadata, params.metadata),
    })
    account.emit('customer.updated', updated, previousValues(customer, updated))
    return updated
  }),

  operation('DELETE /v1/customers/{customer}', ({ account, id }) => {
    const customer = customerAt(account, id)
    account.remove('customer', id)
    account.emit('customer.deleted', customer)
    return account.save('deleted', { id, object: 'customer', deleted: true })
  }),
]

/** Stores a customer; whoever calls says when its event is sent. */
export function createCustomer(account: Account, given: Partial<Customer>): Customer {
  return account.save('customer', {
    id: newId('customer'),
    object: 'customer',
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...given,
  })
}

function changesOf(params: Checked<Stripe.CustomerUpdateParams>): Partial<Customer> {
  const { address, description, email, name, phone, shipping } = params
  if (typeof email === 'string' && email.length > 512) {
    throw invalidRequest('The email address must be at most 512 characters.', 'email')
  }
  return {
    ...withoutUndefined({
      preferred_locales: params.preferred_locales,
      tax_exempt: params.tax_exempt === '' || params.tax_exempt === null ? undefined : params.tax_exempt,
    }),
    ...(address === undefined ? {} : { address: address ? fullAddress(address) : null }),
    ...(description === undefined ? {} : { description: description || null }),
    ...(email === undefined ? {} : { email: email || null }),
    ...(name === undefined ? {} : { name: name || null }),
    ...(phone === undefined ? {} : { phone: phone || null }),
    ...(shipping === undefined
      ? {}
      : { shipping: shipping ? { phone: null, ...shipping, address: fullAddress(shipping.address) } : null }),
  }
}

function customerAt(account: Account, id: string): Customer {
  const customer = account.find('customer', id)
  if (!customer) throw notFound('customer', id)
  return customer
}
