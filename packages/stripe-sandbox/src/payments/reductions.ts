import { amountGranularity } from '../money/currencies.js'
import type { Coupon } from '../wire.js'

/** What a coupon takes off each of these amounts, in their order. */
export function reductions(coupon: Coupon, bases: readonly number[], currency: string): number[] {
  const unit = amountGranularity(currency)
  if (coupon.percent_off !== null) {
    const share = coupon.percent_off / 100
    return bases.map((base) => Math.round((base * share) / unit) * unit)
  }
  return split(coupon.amount_off ?? 0, bases, unit)
}

/** Divides an amount among lines by what they cost, in whole units; no line becomes negative, nothing gets lost. */
function split(amount: number, bases: readonly number[], unit: number): number[] {
  const whole = bases.reduce((total, base) => total + base, 0)
  const wanted = Math.min(amount, whole)
  let given = 0
  let seen = 0
  return bases.map((base) => {
    seen += base
    // What all lines up to this one bear, less what those before it bear.
    const upToHere = whole === 0 ? 0 : Math.floor((wanted * seen) / whole / unit) * unit
    const here = upToHere - given
    given = upToHere
    return here
  })
}
