// What operators see of an account. It costs the same for a shopper with ten orders and with ten thousand.
import { addressesOf, type SavedAddress } from '../accounts/addresses.js'
import { tokensOf, type TokenOfUser } from '../accounts/api-tokens.js'
import { sessionsOf, type SessionOfUser } from '../accounts/sessions.js'
import type { PrismaClient, User } from '../generated/prisma/client.js'
import type { Address, Addressee, Collected } from '../orders/order-facts.js'

/** The newest orders from which spend and addresses are taken. */
const LATEST = 1000
const SHOWN_ORDERS = 10
const MAX_ADDRESSES = 10

export interface Spend {
  currency: string
  orders: number
  paid: number
  refunded: number
}

export interface Customer {
  user: User
  orders: CustomerOrder[]
  /** Of the newest LATEST orders. Amounts in different currencies are not added up. */
  spend: Spend[]
  /** Whether there are older orders, which `spend` leaves out. */
  hasOlder: boolean
  /** Those of their account. */
  savedAddresses: SavedAddress[]
  /** Those of their orders. */
  addresses: Addressee[]
  sessions: SessionOfUser[]
  tokens: TokenOfUser[]
}

export interface CustomerOrder {
  key: string
  status: string
  total: number
  amountPaid: number | null
  currency: string
  createdAt: Date
}

export async function findCustomer(prisma: PrismaClient, id: number): Promise<Customer | null> {
  const user = await prisma.user.findUnique({ where: { id } })
  if (user === null) return null
  const where = { userId: id }
  const [orders, spend, older, savedAddresses, addresses, sessions, tokens] = await Promise.all([
    prisma.order.findMany({
      where,
      select: { key: true, status: true, total: true, amountPaid: true, currency: true, createdAt: true },
      orderBy: { id: 'desc' },
      take: SHOWN_ORDERS,
    }),
    spendOf(prisma, id),
    prisma.order.findFirst({ where, orderBy: { id: 'desc' }, skip: LATEST, select: { id: true } }),
    addressesOf(prisma, id),
    usedAddressesOf(prisma, id),
    sessionsOf(prisma, id),
    tokensOf(prisma, id),
  ])
  return { user, orders, spend, hasOlder: older !== null, savedAddresses, addresses, sessions, tokens }
}

async function spendOf(prisma: PrismaClient, userId: number): Promise<Spend[]> {
  const rows = await prisma.$queryRaw<(Spend & { paid: bigint; refunded: bigint })[]>`
    SELECT currency, count(*)::int AS orders, sum("amountPaid") AS paid, sum("amountRefunded") AS refunded
    FROM (
      SELECT currency, "amountPaid", "amountRefunded" FROM "Order" WHERE "userId" = ${userId}
      ORDER BY id DESC LIMIT ${LATEST}) latest
    WHERE "amountPaid" IS NOT NULL GROUP BY currency ORDER BY currency`
  return rows.map(({ currency, orders, paid, refunded }) => ({
    ...{ currency, orders },
    paid: Number(paid),
    refunded: Number(refunded),
  }))
}

/** Each address once, the one that was used last first. */
async function usedAddressesOf(prisma: PrismaClient, userId: number): Promise<Addressee[]> {
  const orders = await prisma.order.findMany({
    where: { userId },
    select: {
      correctedAddress: true,
      attempts: { where: { status: 'paid' }, select: { collected: true }, take: 1 },
    },
    orderBy: { id: 'desc' },
    take: LATEST / 10,
  })
  const found = new Map<string, Addressee>()
  for (const { correctedAddress, attempts } of orders) {
    // The shop alone writes both.
    const collected = attempts[0]?.collected as unknown as Collected | null | undefined
    const corrected = correctedAddress as unknown as Addressee | null
    for (const addressee of [corrected, collected?.shipping ?? null, collected?.billing ?? null])
      if (isPostal(addressee))
        found.set(JSON.stringify(addressee), found.get(JSON.stringify(addressee)) ?? addressee)
  }
  return [...found.values()].slice(0, MAX_ADDRESSES)
}

/** A card form may ask for a country and a postcode alone. */
function isPostal(addressee: Addressee | null): addressee is Addressee & { address: Address } {
  return addressee?.address?.line1 != null
}
