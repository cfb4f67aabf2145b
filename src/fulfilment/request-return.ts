// Requests a return of units that were sent.
import type { Return } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { newReturnKey } from '../orders/order-key.js'
import { returnableOf } from '../orders/returnable.js'
import { writtenText } from '../orders/written-text.js'
import { writeOrderMail } from '../outbox/write-mails.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { lockFulfilment, nameOfLine, summed, type FulfilledOrder, type Units } from './locked-order.js'

export const MAX_REASON = 1000

export interface WantedReturn {
  lines: readonly Units[]
  /** The shopper's words. */
  reason: string
}

type Deps = Pick<PaymentDeps, 'database' | 'settings' | 'operatorEmail'>

/**
 * Requests a return. While it is open, the same request again, such as a double click, is the same return.
 * @throws Problem, for the shopper, when something can't be returned (any more)
 */
export async function requestReturn(deps: Deps, orderId: number, wanted: WantedReturn): Promise<Return> {
  const { returnDays } = await deps.settings()
  const reason = readReason(wanted.reason)
  const lines = summed(wanted.lines)
  return deps.database.prisma.$transaction(async (tx) => {
    const { order } = await lockFulfilment(tx, orderId)
    const same = order.returns.find((one) => one.reason === reason && isSame(one, lines))
    if (same) return same
    refuseUnlessReturnable(order, lines, returnDays)
    const created = await tx.return.create({
      data: { key: newReturnKey(), orderId, reason, items: { create: lines } },
    })
    const about = created.key
    await writeOrderMail(tx, { orderId, kind: 'return_requested', about, to: order.email })
    if (deps.operatorEmail !== null)
      await writeOrderMail(tx, { orderId, kind: 'return_to_answer', about, to: deps.operatorEmail })
    return created
  })
}

function readReason(text: string): string {
  const reason = writtenText(text)
  const texts = t().orders.returns
  if (reason === '') throw invalid(texts.noReason)
  if (reason.length > MAX_REASON) throw invalid(texts.longReason(MAX_REASON))
  return reason
}

function isSame({ status, items }: FulfilledOrder['returns'][number], lines: readonly Units[]): boolean {
  return (
    status === 'requested' &&
    items.length === lines.length &&
    lines.every((line) =>
      items.some((item) => item.orderItemId === line.orderItemId && item.quantity === line.quantity),
    )
  )
}

function refuseUnlessReturnable(order: FulfilledOrder, lines: readonly Units[], returnDays: number): void {
  const texts = t().orders.returns
  if (returnDays === 0) throw notPossible(order, 'returns_off', texts.off)
  const sentBack = order.returns.filter(({ unsent }) => !unsent)
  const returnable = returnableOf({ ...order, returns: sentBack }, returnDays)
  if (returnable === null) throw notPossible(order, 'not_returnable', texts.nothingToReturn)
  if (lines.length === 0) throw invalid(texts.noLines)
  for (const { orderItemId, quantity } of lines) {
    const left = returnable.lines.find((line) => line.orderItemId === orderItemId)?.quantity ?? 0
    if (quantity > left)
      throw notPossible(order, 'not_returnable', texts.tooMany(nameOfLine(order, orderItemId), left))
  }
}

function invalid(detail: string): Problem {
  return new Problem(400, 'invalid_return', t().orders.returns.notPossibleTitle, detail)
}

function notPossible({ key }: FulfilledOrder, code: string, detail: string): Problem {
  return new Problem(409, code, t().orders.returns.notPossibleTitle, detail, {
    action: { href: `/orders/${key}`, label: t().checkout.viewOrder },
  })
}
