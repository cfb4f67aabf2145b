// Writes mail rows, in the transaction that gives cause for them. Nothing else inserts into "Mail".
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { MailKind } from '../generated/prisma/enums.js'

/** A mail about an order. An order has at most one row for each `kind` and `about`, however often it is written. */
export interface OrderMailRow {
  orderId: number
  kind: MailKind
  /** Stripe's id of the refund or dispute, or the incident; empty for a mail that an order has once. */
  about: string
  to: string
}

export type AccountMailKind = Extract<MailKind, 'password_reset' | 'email_verification' | 'password_changed'>

/** A mail about an account. */
export interface AccountMailRow {
  kind: AccountMailKind
  to: string
  /** What the template is given. */
  data: Prisma.InputJsonObject
}

/**
 * The statement that writes mails about orders, as a part of a larger one.
 * @param rows `OrderMailRow[]` as JSON
 * @param allowed nothing is written unless this holds
 */
export function insertOrderMails(rows: string, allowed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
  INSERT INTO "Mail" (kind, "orderId", about, "to")
  SELECT * FROM json_to_recordset(${rows}::json) AS x(kind "MailKind", "orderId" int, about text, "to" text)
  WHERE ${allowed}
  ON CONFLICT ("orderId", kind, about) DO NOTHING`
}

export async function writeAccountMail(tx: Transaction, mail: AccountMailRow): Promise<void> {
  // The previous release can't render the other kinds. It passes over a mail without a time, which is due for this one.
  await tx.mail.create({ data: mail.kind === 'password_reset' ? mail : { ...mail, dueAt: null } })
}
