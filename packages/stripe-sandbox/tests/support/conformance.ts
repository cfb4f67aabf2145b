// Compares answers and events with the SDK's types.
import ts from 'typescript'
import { OPERATIONS } from '../../scripts/describe-parameters.js'
import { alternatives, isDecimal, loadSdkTypes, type SdkTypes } from '../../scripts/sdk-types.js'

/** Stripe's `object` → the SDK's type of it. */
const typeOf: Record<string, string> = {
  'checkout.session': 'Checkout.Session',
  balance_transaction: 'BalanceTransaction',
  'billing_portal.configuration': 'BillingPortal.Configuration',
  'billing_portal.session': 'BillingPortal.Session',
  card: 'Card',
  charge: 'Charge',
  coupon: 'Coupon',
  customer: 'Customer',
  dispute: 'Dispute',
  event: 'Event',
  file: 'File',
  invoice: 'Invoice',
  invoice_payment: 'InvoicePayment',
  invoiceitem: 'InvoiceItem',
  item: 'LineItem',
  line_item: 'InvoiceLineItem',
  payment_intent: 'PaymentIntent',
  payment_link: 'PaymentLink',
  payment_method: 'PaymentMethod',
  price: 'Price',
  product: 'Product',
  promotion_code: 'PromotionCode',
  shipping_rate: 'ShippingRate',
  'radar.early_fraud_warning': 'Radar.EarlyFraudWarning',
  refund: 'Refund',
  setup_intent: 'SetupIntent',
  subscription: 'Subscription',
  subscription_item: 'SubscriptionItem',
  tax_id: 'TaxId',
  tax_rate: 'TaxRate',
  'tax.settings': 'Tax.Settings',
  'test_helpers.test_clock': 'TestHelpers.TestClock',
  webhook_endpoint: 'WebhookEndpoint',
}

const deletedTypeOf: Record<string, string> = {
  coupon: 'DeletedCoupon',
  customer: 'DeletedCustomer',
  invoice: 'DeletedInvoice',
  invoiceitem: 'DeletedInvoiceItem',
  product: 'DeletedProduct',
  tax_id: 'DeletedTaxId',
  'test_helpers.test_clock': 'TestHelpers.DeletedTestClock',
  webhook_endpoint: 'DeletedWebhookEndpoint',
}

/**
 * Intended differences, as prefixes of paths. There are none: the sandbox sends what the types describe.
 */
const exceptions: readonly string[] = []

let loaded: SdkTypes | undefined

/** Loaded once, for the objects and for the parameters. */
export function sdkTypes(): SdkTypes {
  loaded ??= loadSdkTypes([
    ...Object.values(typeOf),
    ...Object.values(deletedTypeOf),
    ...Object.values(OPERATIONS),
    'Event.Type',
  ])
  return loaded
}

/** The problems of all answers and deliveries that are not errors. */
export function problemsIn(bodies: readonly unknown[]): string[] {
  return bodies.filter((body) => !hasError(body)).flatMap(conformanceProblems)
}

function hasError(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body
}

/** How an answer or an event differs from the SDK's types. Empty if it matches. */
export function conformanceProblems(body: unknown): string[] {
  return problemsOf(sdkTypes(), body, '').filter(
    (problem) => !exceptions.some((exception) => problem.startsWith(exception)),
  )
}

/** Every event type of the SDK. */
export function eventTypes(): Set<string> {
  return new Set(
    alternatives(sdkTypes().type('Event.Type')).flatMap((type) =>
      type.isStringLiteral() ? [type.value] : [],
    ),
  )
}

function problemsOf(sdk: SdkTypes, body: unknown, path: string): string[] {
  if (typeof body !== 'object' || body === null) return [`${path}: not an object`]
  const { object, data, deleted } = body as { object?: string; data?: unknown[]; deleted?: boolean }
  if (object === 'list') {
    const shape =
      Object.keys(body).sort().join() === 'data,has_more,object,url' ? [] : [`${path}: not a list`]
    return [
      ...shape,
      ...(data ?? []).flatMap((item, index) => problemsOf(sdk, item, `${path}data[${index}].`)),
    ]
  }
  const name = (deleted ? deletedTypeOf : typeOf)[object ?? '']
  if (name === undefined) return [`${path}: the object "${object ?? ''}" has no type to compare with`]
  return check(sdk.checker, body, alternatives(sdk.type(name)), `${path}${name}`)
}

function check(checker: ts.TypeChecker, value: unknown, types: ts.Type[], path: string): string[] {
  const expected = (): string =>
    types
      .map((type) => checker.typeToString(type))
      .join(' | ')
      .slice(0, 200)
  if (value === null)
    return types.some((type) => has(type, ts.TypeFlags.Null)) ? [] : [`${path}: null is not allowed`]
  if (typeof value === 'string') {
    const fits = types.some(
      (type) =>
        has(type, ts.TypeFlags.String) || isDecimal(type) || (type.isStringLiteral() && type.value === value),
    )
    return fits ? [] : [`${path}: "${value.slice(0, 60)}" is not ${expected()}`]
  }
  if (typeof value === 'number') {
    const fits = types.some(
      (type) => has(type, ts.TypeFlags.Number) || (type.isNumberLiteral() && type.value === value),
    )
    return fits ? [] : [`${path}: ${value} is not ${expected()}`]
  }
  if (typeof value === 'boolean') {
    const fits = types.some(
      (type) =>
        has(type, ts.TypeFlags.Boolean) ||
        (has(type, ts.TypeFlags.BooleanLiteral) && checker.typeToString(type) === String(value)),
    )
    return fits ? [] : [`${path}: ${String(value)} is not ${expected()}`]
  }
  if (Array.isArray(value)) return checkArray(checker, value, types, path)
  return checkObject(checker, value as Record<string, unknown>, types, path)
}

function checkArray(checker: ts.TypeChecker, value: unknown[], types: ts.Type[], path: string): string[] {
  const array = types.find((type) => checker.isArrayType(type))
  if (!array) return [`${path}: an array is not allowed`]
  const [element] = checker.getTypeArguments(array as ts.TypeReference)
  if (!element) return []
  return value.flatMap((item, index) => check(checker, item, alternatives(element), `${path}[${index}]`))
}

function checkObject(
  checker: ts.TypeChecker,
  value: Record<string, unknown>,
  types: ts.Type[],
  path: string,
): string[] {
  const candidates = types.filter(
    (type) => has(type, ts.TypeFlags.Object) && !checker.isArrayType(type) && !isDecimal(type),
  )
  if (candidates.length === 0) return [`${path}: an object is not allowed`]
  const matching = candidates.filter((type) =>
    ['object', 'type'].every((tag) => tagFits(checker, type, tag, value[tag])),
  )
  if (matching.length === 0)
    return [`${path}: no variant for object "${String(value.object)}", type "${String(value.type)}"`]
  const results = matching.map((type) => checkProperties(checker, value, type, path))
  return results.sort((a, b) => a.length - b.length)[0] ?? []
}

/** For unions: whether a literal property, such as an event's `type`, allows this value. */
function tagFits(checker: ts.TypeChecker, type: ts.Type, tag: string, value: unknown): boolean {
  const property = type.getProperty(tag)
  if (!property || (value === undefined && property.flags & ts.SymbolFlags.Optional)) return true
  const allowed = alternatives(checker.getTypeOfSymbol(property))
  if (!allowed.every((member) => member.isStringLiteral())) return true
  return allowed.some((member) => member.isStringLiteral() && member.value === value)
}

function checkProperties(
  checker: ts.TypeChecker,
  value: Record<string, unknown>,
  type: ts.Type,
  path: string,
): string[] {
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String)
  if (index) {
    return Object.entries(value).flatMap(([name, item]) =>
      check(checker, item, alternatives(index.type), `${path}.${name}`),
    )
  }
  const properties = new Map(type.getProperties().map((property) => [property.name, property]))
  const missing = [...properties.values()]
    .filter((property) => !(property.flags & ts.SymbolFlags.Optional) && !(property.name in value))
    .map((property) => `${path}.${property.name}: missing`)
  const wrong = Object.entries(value).flatMap(([name, item]) => {
    const property = properties.get(name)
    if (!property) return [`${path}.${name}: unknown`]
    return check(checker, item, alternatives(checker.getTypeOfSymbol(property)), `${path}.${name}`)
  })
  return [...missing, ...wrong]
}

function has(type: ts.Type, flag: ts.TypeFlags): boolean {
  return (type.flags & flag) !== 0
}
