// Links that open one order without an account. The database has only the hashes of their tokens.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { hashToken, newToken } from '../http/random-token.js'

/** A new token for a link to this order. Earlier ones still work. */
export async function newAccessToken(tx: Pick<Transaction, 'orderAccess'>, orderId: number): Promise<string> {
  const token = newToken()
  await tx.orderAccess.create({ data: { tokenHash: hashToken(token), orderId } })
  return token
}

/** Whether the token opens the order with this key. */
export async function opensOrder(
  prisma: Pick<Transaction, 'orderAccess'>,
  token: string,
  key: string,
): Promise<boolean> {
  return (await prisma.orderAccess.count({ where: { tokenHash: hashToken(token), order: { key } } })) > 0
}

/**
 * Ends what opens an order without an account: its links, and the browser that placed it.
 * @returns how many links there were
 */
export async function revokeAccess(tx: Transaction, orderId: number): Promise<number> {
  // First, because it locks the order.
  const { key } = await tx.order.update({ where: { id: orderId }, data: { guestHash: null } })
  await recordAudit(tx, { action: 'order.links_revoked', subject: 'order', subjectId: key })
  return (await tx.orderAccess.deleteMany({ where: { orderId } })).count
}
