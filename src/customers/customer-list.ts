// Finds accounts for operators, the newest first. An index has the words of names and addresses (prisma/migrations).
import { Prisma, type PrismaClient, type User } from '../generated/prisma/client.js'

export interface CustomerFilter {
  /** Beginnings of words of the name or the address, or an address. */
  search: string
  isBlocked: boolean
}

export type ListedCustomer = Pick<User, 'id' | 'email' | 'name' | 'role' | 'blockedAt' | 'createdAt'>

/** As in the index. */
const WORDS = Prisma.raw(
  String.raw`array_to_tsvector(array_remove(regexp_split_to_array(lower("name" || ' ' || split_part("email", '@', 1)), '[][\s!-/:-@\\^_${'`'}{-~]+'), ''))`,
)
const SEPARATORS = /[\s!-/:-@[-`{-~]+/u
const MAX_WORDS = 6

/** @param after the id of the last one before this part. Null: from the newest */
export function listCustomers(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  { search, isBlocked }: CustomerFilter,
  after: number | null,
  limit: number,
): Promise<ListedCustomer[]> {
  const conditions = [
    ...matching(search.trim().toLowerCase()),
    ...(isBlocked ? [Prisma.sql`"blockedAt" IS NOT NULL`] : []),
    ...(after === null ? [] : [Prisma.sql`id < ${after}`]),
  ]
  const where = conditions.length === 0 ? Prisma.empty : Prisma.sql`WHERE ${Prisma.join(conditions, ' AND ')}`
  // Without OFFSET 0 the planner may read all accounts, beginning with the newest, and take the words of each apart.
  const found =
    search.trim() === ''
      ? Prisma.sql`"User" ${where}`
      : Prisma.sql`(SELECT * FROM "User" ${where} OFFSET 0) AS found`
  return prisma.$queryRaw<ListedCustomer[]>`
    SELECT id, email, name, role::text, "blockedAt", "createdAt" FROM ${found} ORDER BY id DESC LIMIT ${limit}`
}

function matching(search: string): Prisma.Sql[] {
  const words = (search.split('@')[0] ?? '').split(SEPARATORS).filter(Boolean).slice(0, MAX_WORDS)
  if (search !== '' && words.length === 0) return [Prisma.sql`false`]
  return [
    ...(words.length === 0
      ? []
      : [Prisma.sql`${WORDS} @@ ${words.map((word) => `'${word}':*`).join(' & ')}::tsquery`]),
    ...(search.includes('@') ? [Prisma.sql`starts_with(email, ${search})`] : []),
  ]
}
