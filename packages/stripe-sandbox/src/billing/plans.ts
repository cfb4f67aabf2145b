// The legacy plan object of a recurring price.
import type { Plan, Price } from '../wire.js'

/** A recurring price as the older plan object, which subscription items still include. */
export function planOf(price: Price): Plan {
  const { recurring } = price
  if (!recurring) throw new Error(`the price ${price.id} is not recurring`)
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: recurring.interval,
    interval_count: recurring.interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: recurring.usage_type,
  }
}
