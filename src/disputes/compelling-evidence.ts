// Visa Compelling Evidence 3.0: two earlier orders of the same customer, which were not disputed, answer a dispute about fraud.
// https://docs.stripe.com/disputes/api/visa-ce3
import type Stripe from 'stripe'
import { nameWithVariant } from '../catalog/variants.js'
import { completedAttempt } from '../orders/order-facts.js'
import { orderNumber } from '../orders/order-key.js'
import { addresseeOf } from '../orders/delivery-view.js'
import { withAmounts } from '../orders/stored-amounts.js'
import { PaymentService } from '../payments/payment-service.js'
import type { StripeContext } from '../payments/stripe-client.js'
import type { Texts } from './check-evidence.js'
import type { DisputeCase } from './dispute-case.js'
import { COMPELLING_FIELDS } from './evidence-fields.js'
import type { PriorOrder } from './prior-orders.js'

/** What goes to Stripe as it is. */
export function withoutCompelling(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).filter(([field]) => !COMPELLING_FIELDS.some((one) => one === field)),
  )
}

const KINDS = ['merchandise', 'services'] as const

type Case = Pick<DisputeCase, 'compelling' | 'prior' | 'order'>

/** Whether Stripe would take it. */
export function isCompellingOffered({ compelling }: Pick<DisputeCase, 'compelling'>): boolean {
  return compelling !== null && compelling.status !== 'not_qualified'
}

/** The two orders that prove most. */
export function prefilledCompelling(found: Case): Texts {
  const [first, second] = found.prior
  if (!isCompellingOffered(found) || !first || !second) return {}
  const needsDelivery = found.order?.items.some(({ product }) => product.requiresShipping) === true
  return {
    compelling_kind: needsDelivery ? 'merchandise' : 'services',
    compelling_order_1: orderNumber(first.key),
    compelling_order_2: orderNumber(second.key),
  }
}

/** What is wrong, by field. */
export function compellingErrors(found: Case, texts: Texts): Record<string, string> {
  const given = COMPELLING_FIELDS.filter((field) => texts[field] !== undefined)
  const [first] = given
  if (first === undefined) return {}
  if (!isCompellingOffered(found))
    return { [first]: 'Stripe doesn’t take Visa Compelling Evidence 3.0 for this dispute.' }
  const errors: Record<string, string> = {}
  for (const field of ['compelling_order_1', 'compelling_order_2'] as const) {
    const number = texts[field]
    if (number === undefined)
      errors[field] = 'Visa asks for exactly two earlier orders. Or leave all of this empty.'
    else if (priorOrder(found, number) === null)
      errors[field] =
        `${number} is no earlier order of this customer that was paid 120 to 365 days before and not disputed.`
  }
  if (texts['compelling_order_1'] === texts['compelling_order_2'])
    errors['compelling_order_2'] ??= 'Name another order than the first one.'
  if (!KINDS.some((kind) => kind === texts['compelling_kind']))
    errors['compelling_kind'] = 'Write merchandise or services.'
  return errors
}

/**
 * What Stripe gets. What Stripe knows by itself, such as addresses of devices, stays.
 * @throws Stripe.errors.StripeError
 */
export async function compellingEvidence(
  found: Case,
  texts: Texts,
  known: Stripe.Dispute,
  stripe: StripeContext,
): Promise<Stripe.DisputeUpdateParams.Evidence.EnhancedEvidence | null> {
  const [one, other] = ['compelling_order_1', 'compelling_order_2'].map((field) =>
    priorOrder(found, texts[field] ?? ''),
  )
  if (!one || !other || found.order === null) return null
  const stored = known.evidence.enhanced_evidence.visa_compelling_evidence_3
  const disputed = withAmounts(found.order)
  const priors = []
  for (const [order, ip] of [
    [one, texts['compelling_ip_1']],
    [other, texts['compelling_ip_2']],
  ] as const) {
    const charge = await PaymentService.chargeOf(
      completedAttempt(order.attempts)?.paymentIntentId ?? '',
      stripe,
    )
    const before = stored?.prior_undisputed_transactions.find((prior) => prior.charge === charge)
    priors.push({ ...identifiersIn(before), ...aboutOrder(order, disputed), ...ipIn(ip), charge })
  }
  return {
    visa_compelling_evidence_3: {
      disputed_transaction: {
        ...identifiersIn(stored?.disputed_transaction),
        ...aboutOrder(disputed, disputed),
        ...(texts['product_description'] !== undefined && {
          product_description: texts['product_description'],
        }),
        ...ipIn(texts['customer_purchase_ip']),
        merchandise_or_services: texts['compelling_kind'] === 'services' ? 'services' : 'merchandise',
      },
      prior_undisputed_transactions: priors,
    },
  }
}

function priorOrder({ prior }: Pick<DisputeCase, 'prior'>, number: string): PriorOrder | null {
  return prior.find(({ key }) => orderNumber(key) === number.trim().toUpperCase()) ?? null
}

type Described = Pick<PriorOrder, 'email' | 'userId' | 'items' | 'attempts' | 'correctedAddress'>

function aboutOrder(order: Described, disputed: Described) {
  const address = addresseeOf(order)?.address
  return {
    customer_email_address: order.email,
    // The account's address, by which the customer signs in.
    ...(order.userId !== null && { customer_account_id: disputed.email }),
    product_description: order.items
      .map(({ quantity, name, variantName }) => `${quantity} × ${nameWithVariant(name, variantName)}`)
      .join(', '),
    ...(address && {
      shipping_address: Object.fromEntries(Object.entries(address).filter(([, value]) => value !== null)),
    }),
  }
}

const ipIn = (ip: string | undefined) => (ip === undefined ? {} : { customer_purchase_ip: ip })

/** What Stripe has found out about a payment's device. */
function identifiersIn(
  known:
    | Pick<
        Stripe.Dispute.Evidence.EnhancedEvidence.VisaCompellingEvidence3.PriorUndisputedTransaction,
        'customer_purchase_ip' | 'customer_device_id' | 'customer_device_fingerprint'
      >
    | null
    | undefined,
) {
  const {
    customer_purchase_ip: ip,
    customer_device_id: device,
    customer_device_fingerprint: print,
  } = known ?? {}
  return {
    ...(ip && { customer_purchase_ip: ip }),
    ...(device && { customer_device_id: device }),
    ...(print && { customer_device_fingerprint: print }),
  }
}
