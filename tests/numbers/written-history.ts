// Writes random orders of two months into a database, as checkouts and settlements leave them, and changes them later.
import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '../../src/generated/prisma/client.js'

export const CURRENCIES = ['usd', 'jpy', 'kwd'] as const
const COUNTRIES = ['DE', 'FR', null]
const ORIGINS = ['shop', 'api', 'payment_link']
const PRODUCTS = 15
const DAY_MS = 86_400_000

/** A generator of numbers from 0 to below 1 that is the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export class WrittenHistory {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly random: () => number,
    /** The last moment at which something happens. */
    private readonly end: Date,
    private readonly days = 60,
  ) {}

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item
  }

  #between(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from))
  }

  async begin(): Promise<void> {
    await this.prisma.product.createMany({
      data: Array.from({ length: PRODUCTS }, (_, index) => ({
        ...{ id: 1000 + index, slug: `p${index}`, name: `Product ${index}`, summary: 's', description: 'd' },
        ...{ image: '/a.svg', category: 'mugs', unitAmount: 1000, currency: 'usd' },
      })),
    })
  }

  /** @param at when it is placed: by default at any time of the history */
  async place(at = new Date(this.end.getTime() - this.random() * this.days * DAY_MS)): Promise<number> {
    const id = randomUUID()
    const items = Array.from({ length: this.#between(1, 4) }, (_, index) => ({
      productId: 1000 + ((this.#between(0, PRODUCTS) + index * 5) % PRODUCTS),
      quantity: this.#between(1, 4),
      unitAmount: this.#between(1, 900) * 10,
    })).filter((item, index, all) => all.findIndex((one) => one.productId === item.productId) === index)
    const total = items.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0)
    const country = this.#pick(COUNTRIES)
    const { id: orderId } = await this.prisma.order.create({
      data: {
        ...{
          key: `ord_${id}`,
          email: 'ada@shopper.example',
          currency: this.#pick(CURRENCIES),
          total,
          createdAt: at,
        },
        ...{ origin: this.#pick(ORIGINS), deliveryCountry: country },
        items: { create: items.map((item) => ({ ...item, name: 'Product' })) },
        attempts: {
          create: {
            id,
            number: 1,
            status: 'open',
            expiresAt: at,
            createdAt: at,
            stripeSessionId: `cs_${id}`,
            paymentIntentId: `pi_${id}`,
          },
        },
      },
    })
    return orderId
  }

  async #attempt(orderId: number) {
    return this.prisma.order.findUniqueOrThrow({
      where: { id: orderId },
      include: { items: { orderBy: { id: 'asc' } }, attempts: true },
    })
  }

  async expire(orderId: number): Promise<void> {
    await this.prisma.checkoutAttempt.updateMany({ where: { orderId }, data: { status: 'expired' } })
    await this.prisma.order.update({ where: { id: orderId }, data: { status: 'expired' } })
  }

  async settle(orderId: number, success: boolean, at?: Date): Promise<void> {
    const order = await this.#attempt(orderId)
    const when =
      at ?? new Date(Math.min(this.end.getTime(), order.createdAt.getTime() + this.random() * 3 * DAY_MS))
    await this.prisma.checkoutAttempt.updateMany({
      where: { orderId },
      data: {
        status: success ? 'paid' : 'failed',
        ...(success ? { paidAt: when, amountTotal: order.total } : { failedAt: when }),
      },
    })
    await this.prisma.order.update({
      where: { id: orderId },
      data: success
        ? {
            ...{ status: 'paid', paidAt: when, amountPaid: order.total },
            ...(order.deliveryCountry === null && this.random() < 0.5
              ? { billingDetails: { name: null, address: { country: 'IT' } } }
              : {}),
          }
        : { status: 'failed' },
    })
    await this.prisma.purchaseHistory.createMany({
      data: order.items.map(({ productId, quantity, unitAmount }) => ({
        ...{ productId, orderId, quantity, amount: quantity * unitAmount, currency: order.currency },
        ...{ purchaseSuccess: success, stripeSessionId: order.attempts[0]?.stripeSessionId ?? '' },
      })),
    })
  }

  async refund(orderId: number, at?: Date): Promise<string> {
    const order = await this.#attempt(orderId)
    const paidAt = order.paidAt ?? order.createdAt
    const when = at ?? new Date(Math.min(this.end.getTime(), paidAt.getTime() + this.random() * 20 * DAY_MS))
    const { id } = await this.prisma.refund.create({
      data: {
        ...{ orderId, currency: order.currency, status: 'succeeded', succeededAt: when },
        ...{ amount: this.#between(1, order.total), stripeRefundId: `re_${randomUUID()}` },
        paymentIntentId: order.attempts[0]?.paymentIntentId ?? null,
      },
    })
    return id
  }

  async loseDispute(orderId: number, at?: Date): Promise<void> {
    const order = await this.#attempt(orderId)
    const when =
      at ?? new Date(Math.min(this.end.getTime(), order.createdAt.getTime() + this.random() * 30 * DAY_MS))
    await this.prisma.dispute.create({
      data: {
        ...{
          id: `du_${randomUUID()}`,
          orderId,
          currency: order.currency,
          amount: order.total,
          reason: 'fraudulent',
        },
        ...{ status: 'lost', closedAt: when, createdAt: order.createdAt },
        paymentIntentId: order.attempts[0]?.paymentIntentId ?? null,
      },
    })
  }

  /** One order with everything that may become of it. */
  async live(): Promise<void> {
    const id = await this.place()
    const fate = this.random()
    if (fate < 0.15) return
    if (fate < 0.3) return this.expire(id)
    if (fate < 0.4) return this.settle(id, false)
    await this.settle(id, true)
    if (this.random() < 0.3) await this.refund(id)
    if (this.random() < 0.1) await this.loseDispute(id)
  }
}
