// Purchases over HTTP with every outcome, and what the tables must contain for each.
import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'
import { expect } from 'vitest'
import type { Database } from '../../src/database/client.js'
import type { MailKind, OrderStatus } from '../../src/generated/prisma/enums.js'
import { ACCOUNT, CARD, payByCard, payByDebit, sessionOf } from '../support/pay-page.js'
import { PASSWORD, textOf } from '../support/shopper.js'

interface Outcome {
  status: OrderStatus
  /** `purchaseSuccess` of each item's rows in PurchaseHistory. */
  history: boolean[]
  stockHeld: boolean
  mails: MailKind[]
}

/** How a purchase ends, and the expected state of its order. */
const OUTCOMES = {
  paid: { status: 'paid', history: [true], stockHeld: true, mails: ['purchase_succeeded'] },
  'paid after a decline': {
    status: 'paid',
    history: [true],
    stockHeld: true,
    mails: ['purchase_succeeded'],
  },
  'paid by debit': {
    status: 'paid',
    history: [true],
    stockHeld: true,
    mails: ['payment_on_its_way', 'purchase_succeeded'],
  },
  'debit failed': {
    status: 'failed',
    history: [false],
    stockHeld: false,
    mails: ['payment_on_its_way', 'purchase_failed'],
  },
  refunded: {
    status: 'refunded',
    history: [true],
    stockHeld: true,
    mails: ['purchase_succeeded', 'refund_succeeded'],
  },
  expired: { status: 'expired', history: [], stockHeld: false, mails: [] },
} as const satisfies Record<string, Outcome>

export type Ending = keyof typeof OUTCOMES

export const ENDINGS = Object.keys(OUTCOMES) as Ending[]

const outcomeOf = ({ ending }: Purchase): Outcome => OUTCOMES[ending]

export interface Purchase {
  ending: Ending
  email: string
  cookie: string
  /** Product id → quantity. */
  items: Map<number, number>
  /** URL of Stripe's page. */
  payUrl: string
}

export interface Product {
  id: number
  unitAmount: number
}

export class Shoppers {
  readonly purchases: Purchase[] = []

  constructor(
    private readonly stripe: Stripe,
    private readonly products: readonly Product[],
  ) {}

  /** A new shopper browses, registers, and orders one product or a cart of two, up to Stripe's page. */
  async open(shop: string, ending: Ending): Promise<Purchase> {
    const turn = this.purchases.length
    const email = `${randomBytes(6).toString('hex')}@shopper.example`
    const purchase: Purchase = { ending, email, cookie: '', items: new Map(), payUrl: '' }
    this.purchases.push(purchase)
    const first = this.productAt(turn)
    await visit(shop, purchase, '/pricing')
    await visit(shop, purchase, `/pricing/${first}`)
    await post(shop, purchase, '/register', { name: 'Ada Shopper', email, password: PASSWORD })
    purchase.items.set(first, 1 + (turn % 3))
    if (turn % 3 === 0) {
      purchase.items.set(this.productAt(turn + 1), 1)
      for (const [id, quantity] of purchase.items)
        await post(shop, purchase, '/cart/items', { product_id: String(id), quantity: String(quantity) })
      purchase.payUrl = await checkOutCart(shop, purchase)
    } else {
      purchase.payUrl = await post(shop, purchase, `/checkout/${first}`, {
        quantity: String(purchase.items.get(first)),
      })
    }
    expect(sessionOf(purchase.payUrl), purchase.payUrl).not.toBe('')
    return purchase
  }

  /** Pays or lets the session expire. After paying, returns to the shop. */
  async finish(shop: string, purchase: Purchase): Promise<void> {
    const { ending, payUrl } = purchase
    const session = sessionOf(payUrl)
    if (ending === 'expired') {
      await this.stripe.checkout.sessions.expire(session)
      return
    }
    if (ending === 'paid after a decline') await payByCard(payUrl, CARD.declined)
    const answer = await (ending === 'paid by debit' || ending === 'debit failed'
      ? payByDebit(payUrl, ending === 'debit failed' ? ACCOUNT.failing : ACCOUNT.good)
      : payByCard(payUrl))
    expect(answer.status, `${ending}: ${textOf(answer.text)}`).toBe(303)
    if (ending === 'refunded') {
      const { payment_intent: intent } = await this.stripe.checkout.sessions.retrieve(session)
      if (typeof intent !== 'string') throw new Error(`${session} was paid and has no payment intent.`)
      await this.stripe.refunds.create({ payment_intent: intent })
    }
    const { pathname, search } = new URL(String(answer.headers['location']))
    await visit(shop, purchase, pathname + search)
    await visit(shop, purchase, '/account/purchases')
  }

  private productAt(turn: number): number {
    return this.products[turn % this.products.length]?.id ?? 0
  }
}

/** Signs the shopper in again. */
export async function signIn(shop: string, purchase: Purchase): Promise<void> {
  await post(shop, purchase, '/login', { email: purchase.email, password: PASSWORD })
}

/** Statuses of a shopper's orders in the shop's API. */
export async function shownStatuses(shop: string, purchase: Purchase): Promise<string[]> {
  const { orders } = (await (await visit(shop, purchase, '/api/orders')).json()) as {
    orders: { status: string }[]
  }
  return orders.map(({ status }) => status)
}

export const statusOf = (purchase: Purchase): OrderStatus => outcomeOf(purchase).status

/**
 * Checks that each order has its expected outcome, each row exists once, and only held units are missing from
 * stock.
 * @param stock of every product before the purchases
 */
export async function checkPurchases(
  { prisma }: Database,
  purchases: readonly Purchase[],
  products: readonly Product[],
  stock: number,
): Promise<void> {
  const prices = new Map(products.map(({ id, unitAmount }) => [id, unitAmount]))
  const orders = await prisma.order.findMany({
    include: { attempts: true, purchases: true, mails: true, items: true },
  })
  const found = orders
    .map((order) => ({
      email: order.email,
      status: order.status,
      amountPaid: order.amountPaid,
      stockHeld: order.stockHeld,
      needsAttention: order.needsAttention,
      history: order.purchases
        .map(
          (row) =>
            `${row.stripeSessionId} ${row.productId} ${row.quantity} ${row.amount} ${row.purchaseSuccess}`,
        )
        .sort(),
      mails: order.mails.map(({ kind }) => kind).sort(),
      sessions: order.attempts.map(({ stripeSessionId }) => stripeSessionId),
    }))
    .sort(byEmail)
  const expected = purchases
    .map((purchase) => {
      const { email, items, payUrl } = purchase
      const { status, history, stockHeld, mails } = outcomeOf(purchase)
      const session = sessionOf(payUrl)
      const lines = [...items].map(([id, quantity]) => ({
        id,
        quantity,
        amount: quantity * (prices.get(id) ?? 0),
      }))
      const total = lines.reduce((sum, { amount }) => sum + amount, 0)
      return {
        email,
        status,
        amountPaid: history.includes(true) ? total : null,
        stockHeld,
        needsAttention: null,
        history: history
          .flatMap((success) =>
            lines.map(({ id, quantity, amount }) => `${session} ${id} ${quantity} ${amount} ${success}`),
          )
          .sort(),
        mails,
        sessions: [session],
      }
    })
    .sort(byEmail)
  expect(found).toEqual(expected)
  const held = new Map<number, number>()
  for (const purchase of purchases.filter((one) => outcomeOf(one).stockHeld))
    for (const [id, quantity] of purchase.items) held.set(id, (held.get(id) ?? 0) + quantity)
  const all = await prisma.product.findMany({ select: { id: true, stock: true } })
  const missing = all.map((product) => [product.id, stock - (product.stock ?? 0)] as const)
  expect(new Map(missing.filter(([, units]) => units !== 0))).toEqual(held)
}

/** Of a cart's checkout, while two releases run. */
const MAX_TRIES = 10

class UnexpectedStatus extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

const byEmail = (a: { email: string }, b: { email: string }) => (a.email < b.email ? -1 : 1)

async function visit(shop: string, purchase: Purchase, path: string): Promise<Response> {
  return ask(shop, purchase, path, {}, 200)
}

/**
 * Releases up to 0.2.0 place the order first, and don't know the checkout page. While two releases run, a shopper who is sent
 * to it by one and reaches the other tries again.
 * @returns URL of Stripe's page
 */
async function checkOutCart(shop: string, purchase: Purchase): Promise<string> {
  for (let tries = 1; ; tries++) {
    const next = await post(shop, purchase, '/cart/checkout', {})
    try {
      return await post(shop, purchase, next.startsWith('/orders/') ? `${next}/pay` : next, {})
    } catch (error) {
      if (tries === MAX_TRIES || !(error instanceof UnexpectedStatus) || error.status !== 404) throw error
    }
  }
}

/** @returns target of the redirect */
async function post(
  shop: string,
  purchase: Purchase,
  path: string,
  form: Record<string, string>,
): Promise<string> {
  const answer = await ask(shop, purchase, path, { method: 'POST', body: new URLSearchParams(form) }, 303)
  await answer.arrayBuffer()
  return answer.headers.get('location') ?? ''
}

/** @throws UnexpectedStatus when the response has a status other than `expected` */
async function ask(
  shop: string,
  purchase: Purchase,
  path: string,
  request: RequestInit,
  expected: number,
): Promise<Response> {
  const headers = { cookie: purchase.cookie, connection: 'close' }
  const answer = await fetch(shop + path, { ...request, redirect: 'manual', headers })
  if (answer.status !== expected)
    throw new UnexpectedStatus(
      answer.status,
      `${request.method ?? 'GET'} ${path} was answered ${answer.status} instead of ${expected}:\n${(await answer.text()).slice(0, 500)}`,
    )
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '')
  const session = cookies.find((cookie) => cookie.startsWith('till='))
  if (session !== undefined) purchase.cookie = session
  return answer
}
