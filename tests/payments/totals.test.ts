// Every session that Stripe can complete from what the shop asked for settles its order, and its parts add up. Any other opens an
// incident, and its money is known and can be refunded.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  amountPaid,
  amountRefundable,
  paymentsOf,
  refundableOf,
  totalOfItems,
  type OrderFacts,
} from '../../src/orders/order-facts.js'
import { applyTransition, ReportMerger } from '../../src/payments/apply-reports.js'
import { incidentsOfOrder } from '../../src/payments/derive-incidents.js'
import { deriveOrder } from '../../src/payments/derive-order.js'
import { nothingUnattributed } from '../../src/payments/merge-report.js'
import { sessionReport } from '../../src/payments/session-report.js'
import { attemptFacts, minute, orderFacts } from './order-facts.js'

/** What the shop asks for, and what the shopper and Stripe Tax make of it. */
interface Asked {
  /** With no, two and three decimals: amounts of the last are multiples of ten. */
  currency: 'jpy' | 'usd' | 'kwd'
  lines: { unitAmount: number; quantity: number }[]
  shipping: number
  taxBehavior: 'inclusive' | 'exclusive' | null
  automaticTax: boolean
  promotionCodes: boolean | null
  /** Thousandths of the subtotal that a code takes off, if Stripe's page accepts one. */
  off: number
  /** Percent, of items and of delivery. */
  rates: { items: number; shipping: number }
  /** Stripe does not say which of the two `amount_shipping` is for an inclusive rate. */
  isShippingNet: boolean
}

const step = (currency: Asked['currency']) => (currency === 'kwd' ? 10 : 1)

const asked: fc.Arbitrary<Asked> = fc
  .record({
    currency: fc.constantFrom('jpy' as const, 'usd' as const, 'kwd' as const),
    lines: fc.array(
      fc.record({
        unitAmount: fc.integer({ min: 10, max: 99_990 }),
        quantity: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    shipping: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9_990 })),
    taxBehavior: fc.constantFrom('inclusive' as const, 'exclusive' as const, null),
    automaticTax: fc.boolean(),
    promotionCodes: fc.constantFrom(true, false, null),
    off: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 })),
    rates: fc.record({ items: fc.integer({ min: 0, max: 27 }), shipping: fc.integer({ min: 0, max: 27 }) }),
    isShippingNet: fc.boolean(),
  })
  .map((drawn) => {
    const unit = step(drawn.currency)
    // An order of an earlier release has neither delivery nor tax.
    const isOld = drawn.taxBehavior === null
    return {
      ...drawn,
      lines: drawn.lines.map((line) => ({ ...line, unitAmount: line.unitAmount * unit })),
      shipping: isOld ? 0 : drawn.shipping * unit,
      automaticTax: !isOld && drawn.automaticTax,
      off: drawn.promotionCodes === false ? 0 : drawn.off,
    }
  })

function orderOf({
  currency,
  lines,
  shipping,
  taxBehavior,
  automaticTax,
  promotionCodes,
}: Asked): OrderFacts {
  return orderFacts({
    ...{ currency, taxBehavior, automaticTax, shippingTotal: shipping },
    deliveryCountry: shipping > 0 ? 'DE' : null,
    items: lines.map((line, index) => ({
      ...{ productId: index + 1, variantId: index + 1, name: 'Mug', variantName: '', restocked: 0 },
      ...line,
    })),
    attempts: [attemptFacts({ promotionCodes })],
  })
}

/** A completed session, as Stripe makes it from the request. */
function sessionOf(asked: Asked) {
  const { currency, shipping, taxBehavior, automaticTax, off, rates, isShippingNet } = asked
  const unit = step(currency)
  const subtotal = totalOfItems(orderOf(asked))
  const discount = Math.floor((subtotal * off) / 1000 / unit) * unit
  const taxOf = (amount: number, rate: number) => {
    const exact = taxBehavior === 'inclusive' ? (amount * rate) / (100 + rate) : (amount * rate) / 100
    return automaticTax ? Math.round(exact / unit) * unit : 0
  }
  const onShipping = taxOf(shipping, rates.shipping)
  const tax = taxOf(subtotal - discount, rates.items) + onShipping
  const isInclusive = taxBehavior === 'inclusive'
  const net = isInclusive ? shipping - onShipping : shipping
  return {
    id: 'cs_1',
    object: 'checkout.session',
    status: 'complete',
    payment_status: 'paid',
    metadata: { app: 'till-1', order_key: 'ord_1', attempt_id: 'attempt-1' },
    currency: currency as string,
    payment_intent: 'pi_1',
    amount_subtotal: subtotal,
    amount_total: subtotal - discount + shipping + (isInclusive ? 0 : tax),
    total_details: {
      amount_discount: discount,
      amount_shipping: isShippingNet ? net : shipping,
      amount_tax: tax,
    },
    shipping_cost:
      shipping === 0
        ? null
        : {
            amount_subtotal: net,
            amount_tax: onShipping,
            amount_total: net + onShipping,
            shipping_rate: 'shr_1',
          },
    customer_details: { name: 'Ada Lovelace', phone: null, address: { country: 'DE' }, tax_ids: [] },
  }
}
type Session = ReturnType<typeof sessionOf>

function settled(order: OrderFacts, session: Session) {
  const merger = new ReportMerger([order], nothingUnattributed())
  const [settlement] = merger.mergeAll([sessionReport(session, minute(2))])
  return { settlement, order: applyTransition(order, merger.orders.get(1) ?? order) }
}

it('every session that Stripe can complete from the request settles its order, and its parts add up', () => {
  fc.assert(
    fc.property(asked, (drawn) => {
      const session = sessionOf(drawn)
      const { settlement, order } = settled(orderOf(drawn), session)
      expect(settlement).toEqual({ kind: 'settled', orderId: 1 })
      expect(order.status).toBe('paid')
      expect(incidentsOfOrder(order)).toEqual([])
      const { totals, purchases, amountPaid: paid } = deriveOrder(order)
      const { itemsTotal, discountTotal, taxTotal, total } = totals
      const onTop = drawn.taxBehavior === 'exclusive' ? taxTotal : 0
      expect(total).toBe(itemsTotal - discountTotal + drawn.shipping + onTop)
      expect([total, paid, amountRefundable(order)]).toEqual(Array(3).fill(session.amount_total))
      expect([discountTotal, taxTotal]).toEqual([
        session.total_details.amount_discount,
        session.total_details.amount_tax,
      ])
      expect(purchases.reduce((sum, { amount }) => sum + amount, 0)).toBe(itemsTotal - discountTotal)
    }),
    { numRuns: 2000 },
  )
})

/** Ways in which a session can be another than the one that was asked for. Null: not possible for this order. */
const CHANGES: Record<string, (session: Session, asked: Asked, by: number) => Session | null> = {
  'another currency': (session) => ({ ...session, currency: 'eur' }),
  'another subtotal': (session, _asked, by) => ({
    ...session,
    amount_subtotal: session.amount_subtotal + by,
    amount_total: session.amount_total + by,
  }),
  'another total': (session, _asked, by) => ({ ...session, amount_total: session.amount_total + by }),
  'a smaller total': (session, _asked, by) =>
    session.amount_total < by ? null : { ...session, amount_total: session.amount_total - by },
  'a discount that was not offered': (session, { promotionCodes }, by) =>
    promotionCodes !== false || session.amount_subtotal < by
      ? null
      : withDetails({ ...session, amount_total: session.amount_total - by }, { amount_discount: by }),
  'a discount that is more than the items': (session, { promotionCodes }, by) =>
    promotionCodes === false ? null : withDetails(session, { amount_discount: session.amount_subtotal + by }),
  'dearer delivery': (session, _asked, by) => delivered(session, by),
  'cheaper delivery': (session, { shipping }, by) =>
    shipping < by || session.amount_total < by ? null : delivered(session, -by),
  'a tax that was not asked for': (session, { automaticTax, taxBehavior }, by) =>
    automaticTax
      ? null
      : withDetails(
          { ...session, amount_total: session.amount_total + (taxBehavior === 'inclusive' ? 0 : by) },
          { amount_tax: by },
        ),
  'a tax that is not in the total': (session, { automaticTax, taxBehavior }, by) =>
    automaticTax && taxBehavior === 'exclusive'
      ? withDetails(session, { amount_tax: session.total_details.amount_tax + by })
      : null,
  'more tax than total': (session, { taxBehavior }, by) =>
    taxBehavior === 'inclusive' ? withDetails(session, { amount_tax: session.amount_total + by }) : null,
  'a total that no column holds': (session, { automaticTax, taxBehavior }) => {
    if (!automaticTax || taxBehavior !== 'exclusive') return null
    const tax = 2 ** 31
    return withDetails(
      { ...session, amount_total: session.amount_total - session.total_details.amount_tax + tax },
      { amount_tax: tax },
    )
  },
  'no amounts': (session) => ({ ...session, amount_subtotal: null as never, amount_total: 4500 }),
}

function withDetails(session: Session, change: Partial<Session['total_details']>): Session {
  return { ...session, total_details: { ...session.total_details, ...change } }
}

function delivered(session: Session, by: number): Session {
  const { amount_shipping } = session.total_details
  const cost = session.shipping_cost ?? {
    amount_subtotal: 0,
    amount_tax: 0,
    amount_total: 0,
    shipping_rate: 'shr',
  }
  return withDetails(
    {
      ...session,
      amount_total: session.amount_total + by,
      shipping_cost: {
        ...cost,
        amount_subtotal: cost.amount_subtotal + by,
        amount_total: cost.amount_total + by,
      },
    },
    { amount_shipping: amount_shipping + by },
  )
}

it.each(Object.keys(CHANGES))(
  'a session with %s opens an incident, and its money can be refunded',
  (name) => {
    let tried = 0
    fc.assert(
      fc.property(asked, fc.integer({ min: 1, max: 50 }), (drawn, by) => {
        const session = CHANGES[name]?.(sessionOf(drawn), drawn, by * step(drawn.currency)) ?? null
        if (session === null) return
        tried += 1
        const { settlement, order } = settled(orderOf(drawn), session)
        expect(settlement).toMatchObject({ kind: 'quarantined', moneyKept: true })
        expect([order.status, amountPaid(order)]).toEqual(['pending', null])
        expect(incidentsOfOrder(order)).toMatchObject([{ kind: 'payment_mismatch', subject: 'cs_1' }])
        const [payment] = paymentsOf(order)
        expect(payment).toEqual({
          sessionId: 'cs_1',
          paymentIntentId: 'pi_1',
          amount: session.amount_total,
          currency: session.currency,
        })
        expect(payment && refundableOf(payment, order)).toBe(session.amount_total)
      }),
      { numRuns: 500 },
    )
    expect(tried).toBeGreaterThan(50)
  },
)

it('the message says what does not fit', () => {
  const base: Asked = {
    currency: 'usd',
    lines: [{ unitAmount: 2000, quantity: 1 }],
    shipping: 500,
    taxBehavior: 'exclusive',
    automaticTax: false,
    promotionCodes: false,
    off: 0,
    rates: { items: 20, shipping: 20 },
    isShippingNet: false,
  }
  const messageOf = (change: string) => {
    const session = CHANGES[change]?.(sessionOf(base), base, 100)
    return session && settled(orderOf(base), session).order.unmatchedPayments[0]?.message
  }
  expect(messageOf('dearer delivery')).toBe(
    'Session cs_1 is over 2600 usd (2000 less 0, shipping 600), the order over 2500 usd, and its delivery costs 500.',
  )
  expect(messageOf('a discount that was not offered')).toBe(
    'Session cs_1 is over 2400 usd (2000 less 100, shipping 500), the order over 2500 usd, and it offered no discount.',
  )
  expect(messageOf('a tax that was not asked for')).toBe(
    'Session cs_1 is over 2600 usd (2000 less 0, shipping 500, tax 100), the order over 2500 usd, and it asked for no tax.',
  )
})
