// Checkouts that were not completed, and why: declined cards, expiry, cancellation, a debit that failed.
import { z } from 'zod'
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

/** What became of a checkout, and how it is selected. Each has an index (prisma/migrations). */
const REASONS = {
  open: `o.status = 'pending' AND o."canceledAt" IS NULL`,
  processing: `o.status = 'processing'`,
  expired: `o.status = 'expired' AND o."canceledAt" IS NULL`,
  failed: `o.status = 'failed' AND o."canceledAt" IS NULL`,
  canceled: `o."canceledAt" IS NOT NULL AND o.status IN ('pending', 'expired', 'failed')`,
} as const

export type IncompleteReason = keyof typeof REASONS

export const INCOMPLETE_REASONS = Object.keys(REASONS) as IncompleteReason[]

/** Stripe's words for why a payment was declined. */
export interface Decline {
  orderKey: string
  at: Date
  /** "insufficient_funds", "expired_card". */
  code: string
  message: string
}

export interface IncompleteCheckout {
  id: number
  key: string
  email: string
  total: number
  currency: string
  createdAt: Date
  reason: IncompleteReason
  attempts: number
  /** The last one. Null: none is known. Stripe tells of them only if the endpoint is subscribed to them. */
  decline: Decline | null
}

/**
 * The newest first.
 * @param reason undefined: all
 * @param after the id of the last one before this part. Null: from the newest
 */
export async function listIncompleteCheckouts(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  reason: IncompleteReason | undefined,
  after: number | null,
  limit: number,
): Promise<IncompleteCheckout[]> {
  const before = after === null ? Prisma.empty : Prisma.sql`AND o.id < ${after}`
  // The index is sorted by status first, so the newest of all are the newest of each reason together.
  const parts = (reason === undefined ? INCOMPLETE_REASONS : [reason]).map(
    (one) => Prisma.sql`(
      SELECT o.id, ${one}::text AS reason FROM "Order" o WHERE ${Prisma.raw(REASONS[one])} ${before}
      ORDER BY o.id DESC LIMIT ${limit})`,
  )
  const rows = await prisma.$queryRaw<Omit<IncompleteCheckout, 'decline'>[]>`
    SELECT o.id, o.key, o.email, o.total, o.currency, o."createdAt", latest.reason,
      (SELECT count(*)::int FROM "CheckoutAttempt" a WHERE a."orderId" = o.id) AS attempts
    FROM (SELECT * FROM (${Prisma.join(parts, ' UNION ALL ')}) parts ORDER BY id DESC LIMIT ${limit}) latest
      JOIN "Order" o ON o.id = latest.id
    ORDER BY o.id DESC`
  const declines = await lastDeclines(
    prisma,
    rows.map(({ key }) => key),
  )
  return rows.map((row) => ({ ...row, decline: declines.get(row.key) ?? null }))
}

const payloadShape = z.object({
  data: z.object({
    object: z.object({
      last_payment_error: z
        .object({
          code: z.string().nullish(),
          decline_code: z.string().nullish(),
          message: z.string().nullish(),
        })
        .nullish(),
    }),
  }),
})

/** The last decline of each order, from Stripe's events about it. The expression is that of their index. */
export async function lastDeclines(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  keys: readonly string[],
): Promise<Map<string, Decline>> {
  const key = Prisma.raw(String.raw`substring(payload from '"order_key":\s*"(ord_\w+)"')`)
  const rows = await prisma.$queryRaw<{ orderKey: string; created: Date; payload: string }[]>`
    SELECT DISTINCT ON (${key}) ${key} AS "orderKey", created, payload FROM "StripeEvent"
    WHERE type = 'payment_intent.payment_failed' AND ${key} = ANY(${[...keys]}::text[])
    ORDER BY ${key}, created DESC`
  return new Map(
    rows.flatMap(({ orderKey, created, payload }) => {
      const error = payloadShape.safeParse(JSON.parse(payload)).data?.data.object.last_payment_error
      if (!error) return []
      const code = error.decline_code ?? error.code ?? 'declined'
      return [[orderKey, { orderKey, at: created, code, message: error.message ?? '' }]]
    }),
  )
}
