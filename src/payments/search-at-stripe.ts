// Searches by ids that the shop does not keep: Stripe says which of those that it keeps they belong to.
import type Stripe from 'stripe'
import type { OrderFilters } from '../orders/order-filters.js'
import { clientOf, isMissing, stripeProblem, type StripeContext } from './stripe-client.js'

type Ask = (client: Stripe, id: string) => Promise<string | null>

/** Stripe's largest page. Nobody makes so many prices of a product. */
const MOST_PRICES = 100

const paymentOfCharge: Ask = async (client, id) => idOf((await client.charges.retrieve(id)).payment_intent)

/** By the beginning of an id: the id that stands for it here. */
const ASKED: Readonly<Record<string, Ask>> = {
  ch: paymentOfCharge,
  py: paymentOfCharge,
  txn: async (client, id) => {
    const { source } = await client.balanceTransactions.retrieve(id, { expand: ['source'] })
    if (source === null || typeof source === 'string') return source
    return source.object === 'charge' ? idOf(source.payment_intent) : source.id
  },
  pm: async (client, id) => idOf((await client.paymentMethods.retrieve(id)).customer),
  prod: async (client, id) => {
    const { data } = await client.prices.list({ product: id, limit: MOST_PRICES })
    return data.map((price) => price.id).join(' ') || null
  },
}

const idOf = (value: string | { id: string } | null) =>
  typeof value === 'string' ? value : (value?.id ?? null)

/**
 * The same filters, with an id that the shop keeps in place of that of a charge, a balance transaction, a customer's payment
 * method or a product.
 * @throws Problem when Stripe can't be asked
 */
export async function withKnownId(filters: OrderFilters, stripe: StripeContext): Promise<OrderFilters> {
  const prefix = /^([a-z]+)_\w+$/.exec(filters.q)?.[1] ?? ''
  const ask = Object.hasOwn(ASKED, prefix) ? ASKED[prefix] : undefined
  if (!ask) return filters
  try {
    return { ...filters, q: (await ask(clientOf(stripe), filters.q)) ?? filters.q }
  } catch (error) {
    if (isMissing(error)) return filters
    throw stripeProblem(error)
  }
}
