// Discount codes. They are Stripe's: a coupon says how much less an order costs, and a promotion code is what shoppers type.
import type Stripe from 'stripe'
import { z } from 'zod'
import { recordAudit } from '../audit/record-audit.js'
import { isCurrency, MoneyError, parseMoney } from '../money.js'
import type { PaymentDeps } from './payment-deps.js'
import { clientOf, isRefusal, stripeProblem, type StripeContext } from './stripe-client.js'

/** As somebody typed it. */
export type TypedDiscount = Readonly<Record<string, string>>

/** Thrown when a discount can't be made as it was typed. Nothing was made. */
export class DiscountError extends Error {
  override name = 'DiscountError'
  constructor(
    readonly field: 'code' | 'percent' | 'amount' | 'currency' | 'minimum' | 'uses' | 'until',
    message: string,
  ) {
    super(message)
  }
}

interface Discount {
  code: string
  reduction: { percent_off: number } | { amount_off: number; currency: string }
  minimum: { amount: number; currency: string } | null
  firstOrderOnly: boolean
  uses: number | null
  /** The last day, in the shop's time zone. */
  until: string | null
}

/**
 * Reads code, percent or amount, currency, minimum, uses, until ("2026-12-31") and first ("on").
 * @throws DiscountError for the first field that is wrong
 */
function readDiscount(typed: TypedDiscount): Discount {
  const given = (name: string) => typed[name]?.trim() ?? ''
  const code = given('code').toUpperCase()
  if (!/^[A-Z0-9-]{3,50}$/.test(code))
    throw new DiscountError('code', 'Enter 3 to 50 letters (A to Z), digits and dashes, such as SPRING-10.')
  const currency = given('currency').toLowerCase()
  const money = (name: 'amount' | 'minimum') => {
    if (!isCurrency(currency))
      throw new DiscountError('currency', 'Enter the code of a currency that Stripe supports, such as usd.')
    const amount = moneyIn(name, given(name), currency)
    if (amount === 0) throw new DiscountError(name, 'Enter more than 0.')
    return { amount, currency }
  }
  return {
    code,
    reduction: reductionOf(given('percent'), given('amount'), () => money('amount')),
    minimum: given('minimum') === '' ? null : money('minimum'),
    firstOrderOnly: given('first') === 'on',
    uses: usesIn(given('uses')),
    until: untilIn(given('until')),
  }
}

function reductionOf(
  percent: string,
  amount: string,
  money: () => { amount: number; currency: string },
): Discount['reduction'] {
  if ((percent === '') === (amount === ''))
    throw new DiscountError('percent', 'Enter either a percentage or an amount.')
  if (amount !== '') {
    const { amount: off, currency } = money()
    return { amount_off: off, currency }
  }
  const off = Number(percent)
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(percent) || off <= 0 || off > 100)
    throw new DiscountError(
      'percent',
      'Enter a percentage of more than 0 and at most 100, such as 10 or 12.5.',
    )
  return { percent_off: off }
}

function moneyIn(field: 'amount' | 'minimum', text: string, currency: string): number {
  try {
    return parseMoney(text, currency)
  } catch (error) {
    if (error instanceof MoneyError) throw new DiscountError(field, error.message)
    throw error
  }
}

function usesIn(text: string): number | null {
  if (text === '') return null
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new DiscountError('uses', 'Enter a whole number from 1, or nothing.')
  return Number(text)
}

function untilIn(text: string): string | null {
  if (text === '') return null
  const day = Date.parse(text)
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(day) || !new Date(day).toISOString().startsWith(text))
    throw new DiscountError('until', 'Enter a day, such as 2026-12-31, or nothing.')
  return text
}

/** The last second of a day in the shop's time zone, since 1970. @throws DiscountError when it is over */
async function endOf(day: string, { database, settings }: PaymentDeps): Promise<number> {
  const { timeZone } = await settings()
  const [found] = await database.prisma.$queryRaw<{ end: Date }[]>`
    SELECT (${day}::text::date + 1)::timestamp AT TIME ZONE ${timeZone}::text AS "end"`
  const end = Math.floor((found?.end.getTime() ?? 0) / 1000) - 1
  if (end * 1000 < Date.now())
    throw new DiscountError('until', 'This day is over. Enter a later one, or nothing.')
  return end
}

/**
 * Makes a coupon and its promotion code.
 * @param key of the request. Sent again with the same key, also after a connection was lost halfway, it makes one code
 * @throws DiscountError, and Problem when Stripe can't be asked
 */
export async function createDiscount(deps: PaymentDeps, typed: TypedDiscount, key: string): Promise<string> {
  const discount = readDiscount(typed)
  const until = discount.until === null ? null : await endOf(discount.until, deps)
  const client = clientOf(deps.stripe)
  const metadata = { app: deps.stripe.appId }
  try {
    const coupon = await client.coupons.create(
      { ...discount.reduction, duration: 'once', name: discount.code.slice(0, 40), metadata },
      { idempotencyKey: `${key}-coupon` },
    )
    const { id } = await client.promotionCodes
      .create(codeOf(discount, until, coupon.id, metadata), { idempotencyKey: `${key}-code` })
      .catch(async (error: unknown) => {
        // Nobody can use a coupon without a code. What can't be deleted now does no harm.
        if (isRefusal(error)) await client.coupons.del(coupon.id).catch(() => undefined)
        throw error
      })
    await recordAudit(deps.database.prisma, {
      ...{ action: 'discount.created', subject: 'discount', subjectId: id },
    })
    return discount.code
  } catch (error) {
    if (isRefusal(error)) throw new DiscountError('code', `Stripe refused it: ${error.message}`)
    throw stripeProblem(error)
  }
}

function codeOf(
  { code, minimum, firstOrderOnly, uses }: Discount,
  until: number | null,
  coupon: string,
  metadata: { app: string },
): Stripe.PromotionCodeCreateParams {
  return {
    ...{ code, metadata, promotion: { type: 'coupon', coupon } },
    ...(uses !== null && { max_redemptions: uses }),
    ...(until !== null && { expires_at: until }),
    restrictions: {
      first_time_transaction: firstOrderOnly,
      ...(minimum && { minimum_amount: minimum.amount, minimum_amount_currency: minimum.currency }),
    },
  }
}

export interface ListedDiscount {
  id: string
  code: string
  active: boolean
  percentOff: number | null
  amountOff: { amount: number; currency: string } | null
  minimum: { amount: number; currency: string } | null
  firstOrderOnly: boolean
  used: number
  uses: number | null
  until: Date | null
}

const couponShape = z.object({
  percent_off: z.number().nullable(),
  amount_off: z.int().nullable(),
  currency: z.string().nullable(),
})

/**
 * A page of the account's promotion codes, the newest first.
 * @param after id of the last one of the page before. Null: the first page
 * @throws Problem when Stripe can't be asked
 */
export async function listDiscounts(
  stripe: StripeContext,
  after: string | null,
): Promise<{ discounts: ListedDiscount[]; hasMore: boolean }> {
  try {
    const { data, has_more: hasMore } = await clientOf(stripe).promotionCodes.list({
      limit: 50,
      expand: ['data.promotion.coupon'],
      ...(after !== null && { starting_after: after }),
    })
    return { discounts: data.map(listed), hasMore }
  } catch (error) {
    throw stripeProblem(error)
  }
}

function listed(code: Stripe.PromotionCode): ListedDiscount {
  const { data: coupon } = couponShape.safeParse(code.promotion.coupon)
  const { minimum_amount: minimum, minimum_amount_currency: currency } = code.restrictions
  return {
    ...{ id: code.id, code: code.code, active: code.active },
    percentOff: coupon?.percent_off ?? null,
    amountOff: moneyOf(coupon?.amount_off, coupon?.currency),
    minimum: moneyOf(minimum, currency),
    firstOrderOnly: code.restrictions.first_time_transaction,
    ...{ used: code.times_redeemed, uses: code.max_redemptions },
    until: code.expires_at === null ? null : new Date(code.expires_at * 1000),
  }
}

function moneyOf(amount: number | null | undefined, currency: string | null | undefined) {
  return typeof amount === 'number' && typeof currency === 'string' ? { amount, currency } : null
}

/** Ends a code: nobody can enter it any more. Checkouts that have it already keep it. @throws Problem */
export async function endDiscount(deps: PaymentDeps, id: string): Promise<void> {
  try {
    await clientOf(deps.stripe).promotionCodes.update(id, { active: false })
  } catch (error) {
    throw stripeProblem(error)
  }
  await recordAudit(deps.database.prisma, { action: 'discount.ended', subject: 'discount', subjectId: id })
}
