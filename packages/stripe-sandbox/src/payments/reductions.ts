// What a coupon takes off a list of amounts.
import { amountGranularity } from '../money/currencies.js'
import type { Coupon } from '../wire.js'

/** What a coupon takes off each amount, in minor units and in the same order. */
export function reductions(coupon: Coupon, bases: readonly number[], currency: string): number[] {
  const unit = amountGranularity(currency)
  if (coupon.percent_off !== null) {
    const share = coupon.percent_off / 100
    return bases.map((base) => Math.round((base * share) / unit) * unit)
  }
  return splitAmount(coupon.amount_off ?? 0, bases, unit)
}

/** Splits a discount among amounts in proportion, in multiples of `unit`, so that the parts add up to the whole. */
function splitAmount(amount: number, bases: readonly number[], unit: number): number[] {
  const total = bases.reduce((total, base) => total + base, 0)
  const discount = Math.min(amount, total)
  let assigned = 0
  let baseSoFar = 0
  return bases.map((base) => {
    baseSoFar += base
    // Rounding the running total, not each part, keeps the sum exact.
    const discountSoFar = total === 0 ? 0 : Math.floor((discount * baseSoFar) / total / unit) * unit
    const here = discountSoFar - assigned
    assigned = discountSoFar
    return here
  })
}
