// What a settlement writes for an order whose facts changed.
import { describe, expect, it } from 'vitest'
import type { OrderFacts, RefundFacts } from '../../src/orders/order-facts.js'
import { changedOrders, orderChange, stockMove, withShortage } from '../../src/payments/order-change.js'
import { attemptFacts, disputeFacts, minute, orderFacts, paidAttempt, refundFacts } from './order-facts.js'

const OPERATOR = 'operator@till.example'

const expired = attemptFacts({ status: 'expired', url: null })
const processing = attemptFacts({ status: 'processing', amountTotal: 5000, processingAt: minute(1) })
const failed = attemptFacts({ ...processing, status: 'failed', failedAt: minute(2) })
const paid = { attempts: [paidAttempt()] } satisfies Partial<OrderFacts>
const restocked = { ...paid, refunds: [refundFacts({ restock: true })] } satisfies Partial<OrderFacts>
const cameBack = {
  ...paid,
  refunds: [refundFacts({ restock: true, status: 'failed', failedAt: minute(9) })],
} satisfies Partial<OrderFacts>

/** An order with these facts, then with those. Its stock is as it was before. */
function changed(before: Partial<OrderFacts>, after: Partial<OrderFacts>) {
  const old = orderFacts(before)
  return { before: old, after: { ...old, ...after } }
}

describe('changed orders', () => {
  it('orders whose facts differ get the status that follows; the others are left out', () => {
    const before = [orderFacts(), orderFacts({ id: 2, key: 'ord_2' })]
    const after = [orderFacts(paid), orderFacts({ id: 2, key: 'ord_2' })]
    expect(changedOrders(before, after)).toEqual([
      { before: orderFacts(), after: orderFacts({ ...paid, status: 'paid' }) },
    ])
  })
})

describe('stock', () => {
  it.each<[string, boolean, Partial<OrderFacts>, Partial<OrderFacts>, 'take' | 'release' | null]>([
    ['a paid order keeps its units', true, {}, paid, null],
    ['an order waiting for the bank keeps its units', true, {}, { attempts: [processing] }, null],
    ['an expired order returns its units', true, {}, { attempts: [expired] }, 'release'],
    ['a failed order returns its units', true, { attempts: [processing] }, { attempts: [failed] }, 'release'],
    [
      'returned units are not returned again',
      false,
      { attempts: [expired] },
      { attempts: [expired], incidents: ['A'] },
      null,
    ],
    [
      'an order with another open session keeps its units',
      true,
      {},
      { attempts: [expired, attemptFacts()] },
      null,
    ],
    [
      'an order paid after it returned its units takes them again',
      false,
      { attempts: [expired] },
      paid,
      'take',
    ],
    [
      'a paid order whose units sold out is left to the operator',
      false,
      paid,
      { ...paid, incidents: ['A'] },
      null,
    ],
    [
      'a refund without restocking keeps the units out of stock',
      true,
      paid,
      { ...paid, refunds: [refundFacts()] },
      null,
    ],
    ['a refund with restocking returns the units', true, paid, restocked, 'release'],
    ['units are taken again when the refund that returned them fails', false, restocked, cameBack, 'take'],
  ])('%s', (_rule, stockHeld, before, after, move) => {
    expect(stockMove(changed({ ...before, stockHeld }, after))).toBe(move)
  })

  it('units that were sold out are not taken later, in whatever order the reports come', () => {
    const short = withShortage(orderFacts({ ...restocked, stockHeld: false }), 13)
    expect(stockMove({ before: short, after: { ...short, ...cameBack } })).toBeNull()
    expect(stockMove({ before: { ...short, ...cameBack }, after: { ...short, ...cameBack } })).toBeNull()
  })

  it('returned units are listed and no longer held', () => {
    const { order, released } = orderChange(changed({}, { attempts: [expired] }), OPERATOR)
    expect(order.stockHeld).toBe(false)
    expect(released).toMatchObject([
      { variantId: 11, quantity: 2 },
      { variantId: 13, quantity: 1 },
    ])
    const stays = orderChange(changed({}, paid), OPERATOR)
    expect(stays).toMatchObject({ order: { stockHeld: true }, released: [] })
  })

  it('a shortage is one incident however often it is recorded', () => {
    const order = orderFacts({ ...paid, stockHeld: false, incidents: ['Z'] })
    const incident = 'Paid after its units were given back, and product 12 (Red / L) is sold out now.'
    const short = withShortage(order, 13)
    expect(short).toEqual({ ...order, incidents: [incident, 'Z'], shortProductId: 12 })
    expect(withShortage(short, 13)).toEqual(short)
  })
})

describe('the cart', () => {
  const units = [
    { variantId: 11, quantity: 2, cartId: 3 },
    { variantId: 13, quantity: 1, cartId: 3 },
  ]
  it.each<[string, Partial<OrderFacts>, Partial<OrderFacts>, object[]]>([
    ['loses the units of a paid order', {}, paid, units],
    ['loses the units of an order waiting for the bank', {}, { attempts: [processing] }, units],
    [
      'loses the units once',
      { attempts: [processing] },
      { attempts: [paidAttempt({ processingAt: minute(1) })] },
      [],
    ],
    ['does not change when the order is refunded', paid, restocked, []],
    ['keeps the units of an expired order', {}, { attempts: [expired] }, []],
    ['may be gone', { cartId: null }, paid, []],
  ])('%s', (_rule, before, after, outOfCart) => {
    expect(orderChange(changed(before, after), OPERATOR).outOfCart).toMatchObject(outOfCart)
    expect(orderChange(changed(before, after), OPERATOR).outOfCart).toHaveLength(outOfCart.length)
  })
})

describe('mails', () => {
  const toShopper = { kind: 'purchase_succeeded', about: '', to: 'ada@shopper.example' }
  const disputed = { ...paid, disputes: [disputeFacts()], incidents: ['A'] }
  const newOrder = { kind: 'new_order', about: '', to: OPERATOR }
  const toOperator = [{ kind: 'dispute_opened', about: 'dp_1', to: OPERATOR }]

  it.each<[string, Partial<OrderFacts>, Partial<OrderFacts>, string | null, object[]]>([
    ['go to the shopper and to the operator', {}, disputed, OPERATOR, [toShopper, newOrder, ...toOperator]],
    ['to the operator are left out when there is no address', {}, disputed, null, [toShopper]],
    ['are written only for new causes', paid, disputed, OPERATOR, toOperator],
    ['are not written for an acknowledgement', disputed, { ...disputed, attended: ['A'] }, OPERATOR, []],
  ])('%s', (_rule, before, after, operatorEmail, mails) => {
    expect(orderChange(changed(before, after), operatorEmail).mails).toEqual(mails)
  })
})

describe('an incident', () => {
  const failure = (change: Partial<RefundFacts>) =>
    refundFacts({ status: 'failed', succeededAt: null, failedAt: minute(9), ...change })
  const pending = failure({ status: 'pending', failedAt: null })
  const opened = (message: string) => [{ kind: 'refund_failed', subject: 're_1', message }]

  it.each<[string, RefundFacts[], RefundFacts[], object[]]>([
    [
      'is opened for a refund that fails',
      [pending],
      [failure({ failureReason: 'lost_or_stolen_card' })],
      opened('The refund of $50.00 failed: lost_or_stolen_card.'),
    ],
    [
      'is opened for a refund that fails without a reason',
      [],
      [failure({})],
      opened('The refund of $50.00 failed: Stripe gives no reason.'),
    ],
    ['is opened once', [failure({})], [failure({ failureReason: 'unknown' })], []],
    ['is not opened for a refund that Stripe refused to make', [], [failure({ stripeRefundId: null })], []],
    ['is not opened for a refund that succeeds', [pending], [refundFacts()], []],
  ])('%s', (_rule, before, after, incidents) => {
    const change = changed({ ...paid, refunds: before }, { refunds: after })
    expect(orderChange(change, OPERATOR).newIncidents).toEqual(incidents)
  })
})

describe('a problem of an order', () => {
  const twice = paidAttempt({ id: 'attempt-2', number: 2, stripeSessionId: 'cs_2' })
  const soldOut = {
    kind: 'sold_out',
    subject: orderFacts({}).key,
    message: 'Paid after its units were given back, and product 12 (Red / L) is sold out now.',
  }
  const paidTwice = {
    kind: 'paid_twice',
    subject: 'cs_1 cs_2',
    message: 'Paid twice: by cs_1 and cs_2. Refund one of them.',
  }
  it.each<[string, Partial<OrderFacts>, Partial<OrderFacts>, object[]]>([
    ['opens an incident when it is paid twice', paid, { attempts: [...paid.attempts, twice] }, [paidTwice]],
    ['opens it once', { attempts: [...paid.attempts, twice] }, { email: 'new@shopper.example' }, []],
    ['opens one when its units are sold out', paid, { shortProductId: 12 }, [soldOut]],
    ['opens that once', { ...paid, shortProductId: 12 }, { email: 'new@shopper.example' }, []],
  ])('%s', (_rule, before, after, incidents) => {
    expect(orderChange(changed(before, after), OPERATOR).newIncidents).toEqual(incidents)
  })
})

describe('rows', () => {
  it('only attempts, refunds, disputes and purchases that are new or differ are written', () => {
    const other = attemptFacts({ id: 'attempt-0', stripeSessionId: 'cs_0', status: 'expired' })
    const refund = refundFacts({ amount: 1000 })
    const next = refundFacts({ id: 'refund-2', stripeRefundId: 're_2', amount: 500 })
    const change = orderChange(
      changed(
        { attempts: [other, paidAttempt()], refunds: [refund], status: 'paid' },
        { refunds: [refund, next], disputes: [disputeFacts()], incidents: ['A'], status: 'disputed' },
      ),
      OPERATOR,
    )
    expect(change).toMatchObject({
      order: {
        id: 1,
        status: 'disputed',
        stockHeld: true,
        incidents: ['A'],
        paidAt: minute(2),
        amountPaid: 5000,
        amountRefunded: 1500,
        needsAttention: 'A\nDispute dp_1 over $50.00 (fraudulent): answer by 2027-01-15.',
      },
      attempts: [],
      refunds: [next],
      disputes: [disputeFacts()],
      purchases: [],
    })
  })

  it('a purchase has its shopper and currency, and an order without reasons needs no attention', () => {
    const change = orderChange(changed({}, { ...paid, status: 'paid' }), OPERATOR)
    const bought = { userId: 7, currency: 'usd', purchaseSuccess: true, stripeSessionId: 'cs_1' }
    const mug = { productId: 11, variantId: 11, productName: 'Mug', variantName: '' }
    const bowl = { productId: 12, variantId: 13, productName: 'Bowl', variantName: 'Red / L' }
    expect(change.order.needsAttention).toBeNull()
    expect(change.attempts).toEqual([paidAttempt()])
    expect(change.purchases).toEqual([
      { ...bought, ...mug, quantity: 2, amount: 3000 },
      { ...bought, ...bowl, quantity: 1, amount: 2000 },
    ])
  })
})
