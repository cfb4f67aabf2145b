// The vouchers that a customer gets on Stripe's page and pays within days: OXXO, boleto, konbini.

export type VoucherType = 'oxxo' | 'boleto' | 'konbini'

interface Voucher {
  /** The only currency that offers it. */
  currency: string
  /** Its name on the pay page. */
  name: string
  /** Where the customer pays it. */
  place: string
  /** The default and the limits of `expires_after_days`. */
  days: { standard: number; least: number; most: number }
  /** A voucher ends at 23:59:59 in its country. None of these has summer time. */
  utcOffsetSeconds: number
  /** The smallest and the largest payment, in minor units. */
  amounts: { least: number; most: number }
}

/** From https://docs.stripe.com/payments/vouchers and the page of each method. */
export const VOUCHERS: Readonly<Record<VoucherType, Voucher>> = {
  oxxo: {
    currency: 'mxn',
    name: 'OXXO',
    place: 'an OXXO store',
    days: { standard: 3, least: 1, most: 7 },
    utcOffsetSeconds: -6 * 3600,
    amounts: { least: 1000, most: 1_000_000 },
  },
  boleto: {
    currency: 'brl',
    name: 'Boleto',
    place: 'a bank or an authorized agent',
    days: { standard: 3, least: 0, most: 60 },
    utcOffsetSeconds: -3 * 3600,
    amounts: { least: 500, most: 4_999_999 },
  },
  konbini: {
    currency: 'jpy',
    name: 'Konbini',
    place: 'a convenience store',
    days: { standard: 3, least: 1, most: 60 },
    utcOffsetSeconds: 9 * 3600,
    amounts: { least: 120, most: 300_000 },
  },
}

export const VOUCHER_TYPES = Object.keys(VOUCHERS) as VoucherType[]

export function isVoucher(type: string): type is VoucherType {
  return Object.hasOwn(VOUCHERS, type)
}

/** The vouchers that a session in this currency offers. */
export function vouchersFor(currency: string): VoucherType[] {
  return VOUCHER_TYPES.filter((type) => VOUCHERS[type].currency === currency)
}

/** Whether a voucher can be issued for an amount in minor units. */
export function isPayableByVoucher(type: VoucherType, amount: number): boolean {
  const { least, most } = VOUCHERS[type].amounts
  return amount >= least && amount <= most
}

const DAY_SECONDS = 86_400

/** The last second of the day, in the voucher's country, that is `days` after `now`. In Unix seconds. */
export function voucherEnd(type: VoucherType, now: number, days: number): number {
  const { utcOffsetSeconds } = VOUCHERS[type]
  const today = Math.floor((now + utcOffsetSeconds) / DAY_SECONDS)
  return (today + days + 1) * DAY_SECONDS - utcOffsetSeconds - 1
}
