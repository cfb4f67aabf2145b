// API operations for customers.
import type Stripe from 'stripe'
import { invalidRequest, noSuch, notFound, StripeApiError } from '../api/errors.js'
import { hasValues, inRange, listPage } from '../api/lists.js'
import { mergeMetadata } from '../api/metadata.js'
import { operation } from '../api/operation.js'
import { inCustomersTime } from '../billing/customer-time.js'
import { endSubscription, isEnded, stopCollecting } from '../billing/subscription-status.js'
import { attachOnRequest } from '../payments/attach.js'
import { checkTaxId, createTaxId } from '../payments/customer-tax-ids.js'
import { fullAddress, resolvePaymentMethod } from '../payments/payment-methods.js'
import type { Account } from '../state/account.js'
import { newId, randomText } from '../state/identifiers.js'
import type { Deleted } from '../state/records.js'
import type { Checked, Customer } from '../wire.js'
import { addSource } from './add-source.js'
import { previousValues } from './previous-values.js'
import { refuseAllBut } from './unsupported-parameters.js'
import { withoutUndefined } from './without-undefined.js'

const TEXT_FIELDS = ['description', 'name', 'phone'] as const
/** Absent from the customer unless they are set. */
const NAME_FIELDS = ['business_name', 'individual_name'] as const
const SUPPORTED_PARAMETERS = [
  ...TEXT_FIELDS,
  ...NAME_FIELDS,
  'address',
  'email',
  'invoice_prefix',
  'invoice_settings',
  'metadata',
  'next_invoice_sequence',
  'preferred_locales',
  'shipping',
  'source',
  'tax_exempt',
]

export const customerOperations = [
  operation<Stripe.CustomerCreateParams>('POST /v1/customers', ({ account }, params) => {
    try {
      return addCustomer(account, params)
    } catch (error) {
      // Drop the `executed` flag of a declined card, so that the request and its new customer are rolled back.
      if (error instanceof StripeApiError) throw new StripeApiError(error.status, error.fields)
      throw error
    }
  }),

  operation<Stripe.CustomerListParams>('GET /v1/customers', (call, params) => {
    const { email, created, test_clock: clock } = params
    return listPage(
      call,
      'customer',
      call.account.all('customer'),
      params,
      (customer) =>
        hasValues(customer, { email }) &&
        // Customers with a test clock are only listed by its id.
        customer.test_clock === (clock ?? null) &&
        inRange(customer.created, created),
    )
  }),

  operation('GET /v1/customers/{customer}', ({ account, id }) => {
    const found = account.find('customer', id) ?? account.find('deleted', id)
    if (found?.object !== 'customer') throw notFound('customer', id)
    return found
  }),

  operation<Stripe.CustomerUpdateParams>('POST /v1/customers/{customer}', ({ account, id }, params) => {
    const customer = requireCustomer(account, id)
    refuseAllBut(params, [...SUPPORTED_PARAMETERS, 'default_source'])
    const before = account.update('customer', id, {
      ...defaultSource(account, customer, params.default_source),
      ...changesOf(params),
      metadata: mergeMetadata(customer.metadata, params.metadata),
    })
    if (params.source !== undefined) {
      account.update('customer', id, { default_source: addSource(account, before, params.source).id })
    }
    const updated = withDefaultMethod(account, account.get('customer', id), params.invoice_settings)
    account.emit('customer.updated', updated, previousValues(customer, updated))
    return updated
  }),

  operation('DELETE /v1/customers/{customer}', ({ account, id }) => {
    const customer = requireCustomer(account, id)
    return deleteCustomer(account, customer)
  }),
]

function addCustomer(account: Account, params: Checked<Stripe.CustomerCreateParams>): Customer {
  refuseAllBut(params, [...SUPPORTED_PARAMETERS, 'payment_method', 'tax_id_data', 'test_clock'])
  const { payment_method: method, test_clock: clock, invoice_settings: settings } = params
  if (clock !== undefined) checkTestClock(account, clock)
  const customer = createCustomer(account, {
    ...changesOf(params),
    metadata: mergeMetadata({}, params.metadata),
    test_clock: clock ?? null,
  })
  account.emit('customer.created', customer)
  for (const [index, taxId] of (params.tax_id_data ?? []).entries())
    createTaxId(account, customer.id, checkTaxId(taxId, `tax_id_data[${index}][value]`))
  if (params.source !== undefined) addSource(account, customer, params.source)
  if (method === undefined) return withDefaultMethod(account, account.get('customer', customer.id), settings)
  const attached = attachOnRequest(account, resolvePaymentMethod(account, method), customer.id)
  // Each use of a test card's name creates a new method. If both parameters have the same name, use one method.
  const same = settings?.default_payment_method === method
  return withDefaultMethod(account, customer, same ? { default_payment_method: attached.id } : settings)
}

/** Stores a customer. The caller sends the event. */
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
  const { address, email, invoice_prefix: prefix, next_invoice_sequence: sequence, shipping } = params
  refuseAllBut(params.invoice_settings ?? {}, ['default_payment_method'], 'invoice_settings.')
  if (typeof email === 'string' && email.length > 512) {
    throw invalidRequest('The email address must be at most 512 characters.', 'email')
  }
  if (prefix !== undefined && !/^[A-Z0-9]{3,12}$/.test(prefix)) {
    throw invalidRequest('invoice_prefix must be 3 to 12 uppercase letters or numbers.', 'invoice_prefix')
  }
  if (sequence !== undefined && sequence < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', 'next_invoice_sequence')
  }
  return {
    ...withoutUndefined({
      invoice_prefix: prefix,
      next_invoice_sequence: sequence,
      preferred_locales: params.preferred_locales,
      tax_exempt: params.tax_exempt === '' || params.tax_exempt === null ? undefined : params.tax_exempt,
    }),
    ...textChanges(params),
    ...(address === undefined ? {} : { address: address ? fullAddress(address) : null }),
    ...(email === undefined ? {} : { email: email || null }),
    ...(shipping === undefined
      ? {}
      : { shipping: shipping ? { phone: null, ...shipping, address: fullAddress(shipping.address) } : null }),
  }
}

/** The given text fields. An empty string unsets a field. */
function textChanges(params: Checked<Stripe.CustomerUpdateParams>): Partial<Customer> {
  const given = [...TEXT_FIELDS, ...NAME_FIELDS].filter((name) => params[name] !== undefined)
  const absent = (name: string): null | undefined =>
    NAME_FIELDS.some((each) => each === name) ? undefined : null
  return Object.fromEntries(given.map((name) => [name, params[name] || absent(name)]))
}

/** Sets the default source, which must be one of the customer's cards. */
function defaultSource(account: Account, customer: Customer, id: string | undefined): Partial<Customer> {
  if (id === undefined) return {}
  if (account.find('card', id)?.customer !== customer.id) throw noSuch('source', id, 'default_source')
  return { default_source: id }
}

/** Deletes a customer and ends their subscriptions. */
export function deleteCustomer(account: Account, customer: Customer): Deleted {
  const customerAccount = inCustomersTime(account, customer.id)
  for (const subscription of [...account.all('subscription').oldestFirst()]) {
    if (subscription.customer !== customer.id || isEnded(subscription)) continue
    endSubscription(customerAccount, subscription, 'cancellation_requested')
  }
  stopCollecting(account, (invoice) => invoice.customer === customer.id)
  account.remove('customer', customer.id)
  account.emit('customer.deleted', customer)
  return account.save('deleted', { id: customer.id, object: 'customer', deleted: true })
}

/** Sets the default payment method for the customer's invoices. */
function withDefaultMethod(
  account: Account,
  customer: Customer,
  settings: Checked<Stripe.CustomerUpdateParams>['invoice_settings'],
): Customer {
  const id = settings?.default_payment_method
  if (id === undefined) return customer
  const method = resolvePaymentMethod(account, id, 'invoice_settings[default_payment_method]')
  if (method.customer !== customer.id) {
    throw invalidRequest(
      `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
      'invoice_settings[default_payment_method]',
      'resource_missing',
    )
  }
  return account.update('customer', customer.id, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: method.id },
  })
}

/** Stripe's limit of customers per test clock. */
const MAX_PER_CLOCK = 3

function checkTestClock(account: Account, id: string): void {
  if (!account.find('test_helpers.test_clock', id)) throw noSuch('test_helpers.test_clock', id, 'test_clock')
  let others = 0
  for (const customer of account.all('customer').newestFirst()) if (customer.test_clock === id) others++
  if (others < MAX_PER_CLOCK) return
  throw invalidRequest(`You cannot have more than ${MAX_PER_CLOCK} customers on a test clock.`, 'test_clock')
}

export function requireCustomer(account: Account, id: string): Customer {
  const customer = account.find('customer', id)
  if (!customer) throw notFound('customer', id)
  return customer
}
