// Expands ids into objects where a request asks for it with `expand[]`.
import { paymentOf } from '../billing/invoice-outcome.js'
import type { Account } from '../state/account.js'
import { breakdownOf } from '../payments/session-amounts.js'
import type { ObjectKind } from '../state/records.js'
import { invalidRequest } from './errors.js'
import { listOf } from './lists.js'

interface Owner {
  id: string
}

type Link =
  | ObjectKind
  | ObjectKind[]
  /** `part` holds the field; `owner` is the object that contains the part. */
  | ((account: Account, part: Owner, owner: Owner) => object | null | undefined)
  | null

/** The expandable fields of each object, and the object each one names. `null`: always empty in the sandbox. */
const LINKS: Record<string, Record<string, Link>> = {
  'checkout.session': {
    customer: 'customer',
    payment_intent: 'payment_intent',
    invoice: 'invoice',
    payment_link: 'payment_link',
    setup_intent: 'setup_intent',
    subscription: 'subscription',
    line_items: (account, session) =>
      listOf(
        account.get('session_details', session.id).lineItems,
        `/v1/checkout/sessions/${session.id}/line_items`,
      ),
  },
  'session shipping': {
    shipping_rate: 'shipping_rate',
    taxes: (account, _cost, session) => account.get('session_details', session.id).shippingTaxes ?? [],
  },
  'session discounts': { coupon: 'coupon', promotion_code: 'promotion_code' },
  'session totals': {
    breakdown: (account, _details, session) => breakdownOf(account, session.id),
  },
  coupon: {
    applies_to: (account, coupon) => {
      const products = account.find('coupon_details', coupon.id)?.products ?? null
      return products === null ? undefined : { products }
    },
    currency_options: null,
  },
  'discount source': { coupon: 'coupon' },
  discount: { customer: 'customer', promotion_code: 'promotion_code' },
  item: {
    discounts: (account, line) => account.find('line_details', line.id)?.discounts ?? [],
    taxes: (account, line) => account.find('line_details', line.id)?.taxes ?? [],
  },
  payment_intent: {
    customer: 'customer',
    latest_charge: 'charge',
    payment_method: 'payment_method',
    application: null,
    on_behalf_of: null,
    payment_record: null,
    review: null,
    source: null,
  },
  charge: {
    balance_transaction: 'balance_transaction',
    customer: 'customer',
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
    application: null,
    application_fee: null,
    on_behalf_of: null,
    review: null,
    source_transfer: null,
    refunds: (account, charge) =>
      listOf(
        [...account.all('refund').newestFirst()].filter((refund) => refund.charge === charge.id),
        `/v1/charges/${charge.id}/refunds`,
      ),
  },
  refund: {
    balance_transaction: 'balance_transaction',
    charge: 'charge',
    customer: 'customer',
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
    payment_method: 'payment_method',
    source_transfer_reversal: null,
    transfer_reversal: null,
  },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  'dispute evidence': {
    cancellation_policy: 'file',
    customer_communication: 'file',
    customer_signature: 'file',
    duplicate_charge_documentation: 'file',
    receipt: 'file',
    refund_policy: 'file',
    service_documentation: 'file',
    shipping_documentation: 'file',
    uncategorized_file: 'file',
  },
  'radar.early_fraud_warning': { charge: 'charge', payment_intent: 'payment_intent' },
  balance_transaction: { source: ['charge', 'refund', 'dispute'] },
  payment_method: { customer: 'customer' },
  payment_link: {
    application: null,
    on_behalf_of: null,
    line_items: (account, link) =>
      listOf(
        account.get('payment_link_details', link.id).lineItems,
        `/v1/payment_links/${link.id}/line_items`,
      ),
  },
  'billing_portal.session': { configuration: 'billing_portal.configuration' },
  'billing_portal.configuration': { application: null },
  price: { product: 'product' },
  product: { default_price: 'price' },
  promotion_code: { customer: 'customer' },
  promotion: { coupon: 'coupon' },
  customer: {
    default_source: 'card',
    test_clock: 'test_helpers.test_clock',
    sources: (account, customer) =>
      listOf(
        [...account.all('card').newestFirst()].filter((card) => card.customer === customer.id),
        `/v1/customers/${customer.id}/sources`,
      ),
    tax_ids: (account, customer) =>
      listOf(
        [...account.all('tax_id').newestFirst()].filter((taxId) => taxId.customer === customer.id),
        `/v1/customers/${customer.id}/tax_ids`,
      ),
    subscriptions: (account, customer) =>
      listOf(
        [...account.all('subscription').newestFirst()].filter(
          (found) => found.customer === customer.id && found.status !== 'canceled',
        ),
        `/v1/customers/${customer.id}/subscriptions`,
      ),
  },
  card: { customer: 'customer' },
  'invoice settings': { default_payment_method: 'payment_method' },
  setup_intent: {
    customer: 'customer',
    payment_method: 'payment_method',
    application: null,
    latest_attempt: null,
    mandate: null,
    on_behalf_of: null,
    single_use_mandate: null,
  },
  subscription: {
    customer: 'customer',
    default_payment_method: 'payment_method',
    latest_invoice: 'invoice',
    test_clock: 'test_helpers.test_clock',
    application: null,
    default_source: null,
    discounts: 'discount',
    on_behalf_of: null,
    pending_setup_intent: null,
    schedule: null,
  },
  subscription_item: { discounts: null },
  invoice: {
    customer: 'customer',
    default_payment_method: 'payment_method',
    test_clock: 'test_helpers.test_clock',
    account_tax_ids: null,
    application: null,
    default_source: null,
    discounts: 'discount',
    latest_revision: null,
    on_behalf_of: null,
    total_discount_amounts: null,
    confirmation_secret: (account, invoice) => confirmationSecret(account, invoice.id),
    payments: (account, invoice) =>
      listOf(
        [...account.all('invoice_payment').newestFirst()].filter((payment) => payment.invoice === invoice.id),
        `/v1/invoice_payments?invoice=${invoice.id}`,
      ),
  },
  'invoice subscription': { subscription: 'subscription' },
  line_item: { discounts: null, subscription: 'subscription' },
  invoiceitem: {
    customer: 'customer',
    invoice: 'invoice',
    test_clock: 'test_helpers.test_clock',
    discounts: null,
  },
  'price details': { price: 'price' },
  invoice_payment: { invoice: 'invoice' },
  'invoice payment': { payment_intent: 'payment_intent' },
}

/** PageDeps of an object that contain expandable fields, and the names of those that have no `object` field. */
const PARTS: Record<string, Record<string, string>> = {
  'checkout.session': {
    discounts: 'session discounts',
    shipping_cost: 'session shipping',
    shipping_options: 'session shipping',
    total_details: 'session totals',
  },
  discount: { source: 'discount source' },
  promotion_code: { promotion: 'promotion' },
  list: { data: '' },
  item: { price: 'price' },
  dispute: { balance_transactions: '', evidence: 'dispute evidence' },
  customer: { invoice_settings: 'invoice settings' },
  subscription: { items: 'list' },
  subscription_item: { price: 'price' },
  invoice: { lines: 'list', parent: 'invoice parent' },
  'invoice parent': { subscription_details: 'invoice subscription' },
  line_item: { pricing: 'line pricing' },
  invoiceitem: { pricing: 'line pricing' },
  'line pricing': { price_details: 'price details' },
  invoice_payment: { payment: 'invoice payment' },
}

const DEEPEST = 4

type Node = Record<string, unknown>

/** Returns a copy with the ids along the `expand[]=a.b.c` paths replaced by their objects. */
export function expand(account: Account, answer: object, paths: readonly string[] | undefined): object {
  let result = answer
  for (const path of new Set(paths ?? [])) {
    const steps = path.split('.')
    if (steps.filter((step) => step !== 'data').length > DEEPEST) {
      throw invalidRequest(
        `You cannot expand more than ${DEEPEST} levels of a property. Property: ${path}`,
        'expand',
        'property_expansion_max_depth',
      )
    }
    result = follow(account, result as Node, steps, path, '')
  }
  return result
}

/** `name` says what `node` is when it has no `object` field; `owner` is the object that contains it. */
function follow(
  account: Account,
  node: Node,
  steps: readonly string[],
  path: string,
  name = '',
  owner = node,
): Node {
  const [step, ...rest] = steps
  if (step === undefined) return node
  const kind = typeof node.object === 'string' ? node.object : name
  const part = PARTS[kind]?.[step]
  if (part !== undefined) return { ...node, [step]: descend(account, node[step], rest, path, part, node) }
  const link = LINKS[kind]?.[step]
  if (link === undefined) {
    throw invalidRequest(`This property cannot be expanded (${path}).`, 'expand[0]')
  }
  // A field that this object lacks stays absent instead of becoming null.
  if (node[step] === undefined && typeof link !== 'function') return node
  const loaded = load(account, node, step, link, owner)
  return loaded === undefined ? node : { ...node, [step]: descend(account, loaded, rest, path) }
}

function descend(
  account: Account,
  value: unknown,
  rest: readonly string[],
  path: string,
  name?: string,
  owner?: Node,
): unknown {
  if (rest.length === 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => descend(account, item, rest, path, name, owner))
  return follow(account, value as Node, rest, path, name, owner)
}

function load(account: Account, node: Node, step: string, link: Link, owner: Node): unknown {
  const value = node[step]
  if (typeof link === 'function')
    return value ?? link(account, node as unknown as Owner, owner as unknown as Owner)
  if (link !== null && Array.isArray(value)) return value.map((id: unknown) => loadOne(account, id, link))
  return link === null ? value : loadOne(account, value, link)
}

function loadOne(account: Account, value: unknown, link: ObjectKind | ObjectKind[]): unknown {
  if (typeof value !== 'string') return value
  for (const kind of [link].flat()) {
    const found = account.find(kind, value)
    if (found) return account.context.present(account, found)
  }
  return account.find('deleted', value) ?? value
}

/** Lets a page in the browser pay an invoice with Stripe.js. */
function confirmationSecret(account: Account, invoiceId: string): object | null {
  const intent = account.find('payment_intent', paymentOf(account, invoiceId)?.payment.payment_intent)
  if (!intent?.client_secret) return null
  return { client_secret: intent.client_secret, type: 'payment_intent' }
}
