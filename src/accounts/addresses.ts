// The addresses that shoppers save in their accounts. Another account's are like those that don't exist.
import type { Address, PrismaClient } from '../generated/prisma/client.js'
import { Prisma } from '../generated/prisma/client.js'
import { updateCustomerSoon } from './customer-update.js'

export interface SavedAddress {
  id: number
  name: string
  line1: string
  line2: string | null
  city: string
  state: string | null
  postalCode: string | null
  country: string
  isDefault: boolean
}

export type NewAddress = Omit<SavedAddress, 'id'>

/** More are refused: the list is one page. */
export const MAX_ADDRESSES = 20

/** The default first, then as they were added. */
export function addressesOf(prisma: Pick<PrismaClient, 'address'>, userId: number): Promise<SavedAddress[]> {
  return prisma.address.findMany({
    where: { userId },
    orderBy: [{ isDefault: 'desc' }, { id: 'asc' }],
    omit: { userId: true, createdAt: true },
  })
}

/** Where Stripe's page offers to deliver to. */
export type DefaultAddress = Pick<
  Address,
  'name' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country'
>

/** The default address of the account in a row of "User", as JSON. Null: none. */
export const DEFAULT_ADDRESS = Prisma.sql`(
  SELECT json_build_object('name', a.name, 'line1', a.line1, 'line2', a.line2, 'city', a.city, 'state', a.state,
    'postalCode', a."postalCode", 'country', a.country)
  FROM "Address" a WHERE a."userId" = "User".id AND a."isDefault" LIMIT 1)`

/** The country that a checkout begins with. Null: no address is the default. */
export async function defaultCountry(
  prisma: Pick<PrismaClient, 'address'>,
  userId: number,
): Promise<string | null> {
  const found = await prisma.address.findFirst({
    where: { userId, isDefault: true },
    select: { country: true },
  })
  return found?.country ?? null
}

/**
 * Adds an address, or changes the one with this id. The first one is the default.
 * @param id null: a new one
 * @returns "missing" when the account has no address with this id, "full" when it has MAX_ADDRESSES
 */
export function saveAddress(
  prisma: PrismaClient,
  userId: number,
  id: number | null,
  address: NewAddress,
): Promise<'saved' | 'missing' | 'full'> {
  return prisma.$transaction(async (tx) => {
    // Requests of one account wait for each other: one address is the default, and the limit holds.
    await tx.$queryRaw`SELECT FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
    const known = await tx.address.findMany({ where: { userId }, select: { id: true } })
    if (id === null && known.length >= MAX_ADDRESSES) return 'full'
    if (id !== null && !known.some((one) => one.id === id)) return 'missing'
    const isFirst = known.every((one) => one.id === id)
    const data = { ...address, isDefault: address.isDefault || isFirst }
    if (data.isDefault) await tx.address.updateMany({ where: { userId }, data: { isDefault: false } })
    if (id === null) await tx.address.create({ data: { userId, ...data } })
    else await tx.address.update({ where: { id, userId }, data })
    await updateCustomerSoon(tx, userId)
    return 'saved'
  })
}

/** Removes an address, if there is one with this id. The oldest that is left becomes the default in its place. */
export function removeAddress(prisma: PrismaClient, userId: number, id: number): Promise<void> {
  return prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT FROM "User" WHERE id = ${userId} FOR NO KEY UPDATE`
    await tx.address.deleteMany({ where: { id, userId } })
    const left = await tx.address.findMany({ where: { userId }, orderBy: { id: 'asc' } })
    const [oldest] = left
    if (oldest && !left.some(({ isDefault }) => isDefault))
      await tx.address.update({ where: { id: oldest.id }, data: { isDefault: true } })
    await updateCustomerSoon(tx, userId)
  })
}
