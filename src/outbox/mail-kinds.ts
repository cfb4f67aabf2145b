// What holds for each kind of mail: for how long it is worth sending, and whether it holds a secret.
import { MailKind } from '../generated/prisma/enums.js'

const DAY = 24 * 60

/**
 * Minutes after which a mail is outdated and never sent. Null: it is outdated only when it is no longer true. Retries take
 * less than two days, so a mail that is valid for longer is given up, and reported, before it is outdated.
 */
export const VALID_MINUTES = {
  purchase_succeeded: 3 * DAY,
  purchase_failed: 3 * DAY,
  payment_on_its_way: 3 * DAY,
  refund_succeeded: 7 * DAY,
  refund_failed: 7 * DAY,
  // As long as its link.
  password_reset: 60,
  email_verification: DAY,
  // As long as its link.
  email_change: DAY,
  password_changed: 7 * DAY,
  email_changed: 7 * DAY,
  operator_invited: 7 * DAY,
  inquiry_opened: null,
  dispute_opened: null,
  dispute_closed: 7 * DAY,
  operator_attention: 7 * DAY,
  incident_report: null,
  shipment_sent: 7 * DAY,
  shipment_delivered: 7 * DAY,
  order_canceled: 3 * DAY,
  return_requested: 7 * DAY,
  return_accepted: 7 * DAY,
  return_received: 7 * DAY,
  return_declined: 7 * DAY,
  new_order: 3 * DAY,
  return_to_answer: null,
  back_in_stock: 3 * DAY,
} as const satisfies Record<MailKind, number | null>

/** Kinds whose data gives access to an account. It is kept no longer than it takes to send the mail. */
const SECRET: readonly MailKind[] = [
  'password_reset',
  'email_verification',
  'email_change',
  'operator_invited',
  'back_in_stock',
]

/** The kinds that this release can send. A newer one, which may run beside it, can write others. */
export const KNOWN_KINDS = Object.values(MailKind)

export function isMailKind(text: string): text is MailKind {
  return Object.hasOwn(MailKind, text)
}

/** Whether a mail is outdated at this time. */
export function isTooOld(mail: { kind: MailKind; createdAt: Date }, at = new Date()): boolean {
  const minutes = VALID_MINUTES[mail.kind]
  return minutes !== null && at.getTime() - mail.createdAt.getTime() > minutes * 60_000
}

export function isSecret(kind: MailKind): boolean {
  return SECRET.includes(kind)
}
