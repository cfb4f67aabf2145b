// What the shop keeps for a limited time, and for how long: a table that the loop enforces (src/background/expired-rows.ts) and
// that visitors read at /privacy.
import { TOKEN_TIMES } from '../accounts/api-tokens.js'
import { SESSION_TIMES } from '../accounts/sessions.js'
import { GUEST_CART_DAYS } from '../cart/guest-cookie.js'
import { Prisma } from '../generated/prisma/client.js'
import { LONGEST_LIMIT_SECONDS } from '../http/rate-limits.js'
import type { Messages } from '../messages/index.js'
import { VALID_MINUTES } from '../outbox/mail-kinds.js'
import type { Settings } from '../settings/settings.js'
import { NOTICE_DAYS } from '../stock-notices/send-notices.js'

/** Rows of one statement, so that no lock is held for long. */
export const BATCH = 500

const HOUR_MS = 60 * 60 * 1000
/** A link that is over says so for this long, and not that it never was. */
const OVER_LINK_DAYS = 1

export interface Kept {
  /** What it is, by the key of its text. */
  what: keyof Messages['retention']['kept']
  /** Hours from when the text says. Whole days are shown as days. */
  hours: (settings: Pick<Settings, 'eventDays' | 'mailDays'>) => number
  /** Deletes at most BATCH rows that are over. Null: erase-bodies.ts erases them, row by row. */
  deleteExpired: Prisma.Sql | null
}

export const KEPT: readonly Kept[] = [
  {
    what: 'sessions',
    hours: () => SESSION_TIMES.idle / HOUR_MS,
    deleteExpired: Prisma.sql`DELETE FROM "Session" WHERE sid IN (
      SELECT sid FROM "Session" WHERE expire < now()::timestamp LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'apiTokens',
    hours: () => TOKEN_TIMES.absolute / HOUR_MS,
    deleteExpired: Prisma.sql`DELETE FROM "ApiToken" WHERE id IN (
      SELECT id FROM "ApiToken" WHERE "expiresAt" < now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'guestCarts',
    hours: () => GUEST_CART_DAYS * 24,
    deleteExpired: Prisma.sql`DELETE FROM "Cart" WHERE id IN (
      SELECT id FROM "Cart"
      WHERE "userId" IS NULL AND "updatedAt" < now() - ${GUEST_CART_DAYS} * interval '1 day'
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'attempts',
    hours: () => LONGEST_LIMIT_SECONDS / 3600,
    deleteExpired: Prisma.sql`DELETE FROM "RateLimit" WHERE key IN (
      SELECT key FROM "RateLimit" WHERE expire < extract(epoch FROM now()) * 1000 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'passwordResets',
    hours: () => VALID_MINUTES.password_reset / 60 + OVER_LINK_DAYS * 24,
    deleteExpired: Prisma.sql`DELETE FROM "PasswordReset" WHERE "tokenHash" IN (
      SELECT "tokenHash" FROM "PasswordReset" WHERE "expiresAt" < now() - ${OVER_LINK_DAYS} * interval '1 day'
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'verifications',
    hours: () => VALID_MINUTES.email_verification / 60,
    deleteExpired: Prisma.sql`DELETE FROM "EmailVerification" WHERE "tokenHash" IN (
      SELECT "tokenHash" FROM "EmailVerification" WHERE "expiresAt" < now() LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'emailChanges',
    hours: () => VALID_MINUTES.email_change / 60,
    deleteExpired: Prisma.sql`DELETE FROM "EmailChange" WHERE "tokenHash" IN (
      SELECT "tokenHash" FROM "EmailChange" WHERE "expiresAt" < now() AND "usedAt" IS NULL
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  {
    what: 'stockNotices',
    hours: () => NOTICE_DAYS.waiting * 24,
    deleteExpired: Prisma.sql`DELETE FROM "StockNotice" WHERE id IN (
      SELECT id FROM "StockNotice"
      WHERE "createdAt" < now() - ${NOTICE_DAYS.afterSending} * interval '1 day'
        AND ("sentAt" < now() - ${NOTICE_DAYS.afterSending} * interval '1 day'
          OR "createdAt" < now() - ${NOTICE_DAYS.waiting} * interval '1 day')
      LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
  },
  { what: 'mails', hours: ({ mailDays }) => mailDays * 24, deleteExpired: null },
  { what: 'events', hours: ({ eventDays }) => eventDays * 24, deleteExpired: null },
]
