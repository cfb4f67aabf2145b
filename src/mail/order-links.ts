// The links in a mail about an order. Those to a shopper without an account open the order by themselves.
import type { Mail, PrismaClient } from '../generated/prisma/client.js'
import { newAccessToken } from '../orders/order-access.js'

interface Linked {
  id: number
  key: string
  userId: number | null
  email: string
}

export interface OrderLinks {
  orderUrl: string
  receiptUrl: string
  /** Null for an order without an account. */
  purchasesUrl: string | null
}

/**
 * The links of a mail that is being sent. Each one for a shopper without an account has a token of its own.
 * @returns with the token, or null, which must not be kept once the mail is sent
 */
export async function orderLinks(
  prisma: PrismaClient,
  baseUrl: string,
  mail: Pick<Mail, 'to'>,
  order: Linked,
): Promise<{ links: OrderLinks; token: string | null }> {
  const orderUrl = `${baseUrl}/orders/${order.key}`
  const receiptUrl = `${orderUrl}/receipt`
  const purchasesUrl = order.userId === null ? null : `${baseUrl}/account/purchases`
  // Mail to the operator opens nothing.
  if (order.userId !== null || mail.to !== order.email)
    return { links: { orderUrl, receiptUrl, purchasesUrl }, token: null }
  const token = await newAccessToken(prisma, order.id)
  const withToken = (url: string) => `${url}?token=${token}`
  return {
    links: { orderUrl: withToken(orderUrl), receiptUrl: withToken(receiptUrl), purchasesUrl },
    token,
  }
}
