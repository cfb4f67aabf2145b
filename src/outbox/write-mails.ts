// Writes mail rows, in the transaction that gives cause for them. Nothing else inserts into "Mail".
import { Prisma } from '../generated/prisma/client.js'
import type { Transaction } from '../database/client.js'
import type { MailKind } from '../generated/prisma/enums.js'
import { currentLanguage } from '../messages/index.js'

/** A mail about an order. An order has at most one row for each `kind` and `about`, however often it is written. */
export interface OrderMailRow {
  orderId: number
  kind: MailKind
  /** Stripe's id of the refund or dispute, or the incident; empty for a mail that an order has once. */
  about: string
  to: string
}

export type AccountMailKind = Extract<
  MailKind,
  | 'password_reset'
  | 'email_verification'
  | 'password_changed'
  | 'email_change'
  | 'email_changed'
  | 'operator_invited'
  | 'back_in_stock'
>

/** A mail about an account. */
export interface AccountMailRow {
  kind: AccountMailKind
  to: string
  /** What the template is given. */
  data: Prisma.InputJsonObject
}

/** The previous release can't render these. It passes over a mail without a time, which is due for this one. */
const NEW_KINDS: readonly MailKind[] = ['new_order']

/**
 * The statement that writes mails about orders, as a part of a larger one. Those about new orders only if the owner wants
 * them: the setting is read here, so that it costs no statement.
 * @param rows `OrderMailRow[]` as JSON
 * @param allowed nothing is written unless this holds
 */
export function insertOrderMails(rows: string, allowed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
  INSERT INTO "Mail" (kind, "orderId", about, "to", "dueAt")
  SELECT x.kind, x."orderId", x.about, x."to", CASE WHEN NOT x.kind::text = ANY(${[...NEW_KINDS]}::text[]) THEN now() END
  FROM json_to_recordset(${rows}::json) AS x(kind "MailKind", "orderId" int, about text, "to" text)
  WHERE ${allowed} AND (x.kind::text <> 'new_order' OR (SELECT "newOrderMails" FROM "Shop"))
  ON CONFLICT ("orderId", kind, about) DO NOTHING`
}

/** In the language of the request that gives cause for it. */
export async function writeAccountMail(tx: Transaction, { kind, to, data }: AccountMailRow): Promise<void> {
  const mail = { kind, to, data, locale: currentLanguage() }
  // The previous release can't render the other kinds either.
  await tx.mail.create({ data: kind === 'password_reset' ? mail : { ...mail, dueAt: null } })
}

/** Kinds of mail about an order that the previous release can't render. */
export type LaterOrderMailKind = Extract<
  MailKind,
  | 'shipment_sent'
  | 'shipment_delivered'
  | 'order_canceled'
  | 'return_requested'
  | 'return_to_answer'
  | 'return_accepted'
  | 'return_received'
  | 'return_declined'
>

/** Writes a mail about what happens to an order after its payment, unless the order has it already. */
export async function writeOrderMail(
  tx: Transaction,
  mail: OrderMailRow & { kind: LaterOrderMailKind },
): Promise<void> {
  // Without a time: the previous release passes over it, and it is due for this one.
  await tx.mail.createMany({ data: [{ ...mail, dueAt: null }], skipDuplicates: true })
}
