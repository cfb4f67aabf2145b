// What the operator decides about a return before it is refunded: accepted, received or declined.
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import { writtenText } from '../orders/written-text.js'
import { writeOrderMail } from '../outbox/write-mails.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { lockFulfilment, refused, type FulfilledOrder } from './locked-order.js'
import { canMove, type ReturnState } from './return-moves.js'

type Deps = Pick<PaymentDeps, 'database'>
export type LockedReturn = FulfilledOrder['returns'][number]

/** An answer: accepted with how to send it back, declined with the reason, or received. */
export type Answer =
  { state: 'accepted'; text: string } | { state: 'declined'; text: string } | { state: 'received' }

const TIMES = { accepted: 'acceptedAt', received: 'receivedAt', declined: 'declinedAt' } as const
const MAILS = {
  accepted: 'return_accepted',
  received: 'return_received',
  declined: 'return_declined',
} as const

const MAX_ANSWER = 2000

/**
 * Moves a return on and mails the shopper. Repeating it changes nothing.
 * @throws Problem, for the operator, when the return can't become that any more, or became that with another text
 */
export async function answerReturn(
  { database }: Deps,
  { id, orderId }: { id: number; orderId: number },
  answer: Answer,
): Promise<void> {
  const text = 'text' in answer ? readAnswer(answer.text) : null
  await database.prisma.$transaction(async (tx) => {
    const { order, found } = await lockReturn(tx, orderId, id)
    const { state } = answer
    if (found.status === state) {
      refuseOtherText(found, text)
      return
    }
    refuseUnlessMove(found, state)
    await tx.return.update({
      where: { id },
      data: { status: state, [TIMES[state]]: new Date(), ...(text !== null && { answer: text }) },
    })
    const fields = text === null ? [] : ['answer']
    await recordAudit(tx, { action: `return.${state}`, subject: 'return', subjectId: found.key, fields })
    await writeOrderMail(tx, { orderId, kind: MAILS[state], about: found.key, to: order.email })
  })
}

export async function lockReturn(tx: Transaction, orderId: number, id: number) {
  const locked = await lockFulfilment(tx, orderId)
  return { ...locked, found: returnIn(locked.order, id) }
}

/** @throws Problem when the order has no such return */
export function returnIn({ returns }: Pick<FulfilledOrder, 'returns'>, id: number): LockedReturn {
  const found = returns.find((one) => one.id === id)
  if (!found) throw refused('unknown_return', `This order has no return ${id}.`)
  return found
}

/** A text that is repeated changes nothing. Another one would not reach the shopper. */
function refuseOtherText({ status, key, answer }: LockedReturn, text: string | null): void {
  if (text !== null && text !== answer)
    throw refused(
      'return_state',
      `Return ${key} is ${status} already, and the shopper was told: “${answer ?? ''}”.`,
    )
}

export function refuseUnlessMove({ status, key }: LockedReturn, to: ReturnState): void {
  // The database allows no other states.
  if (!canMove(status as ReturnState, to))
    throw refused('return_state', `Return ${key} is ${status}: it can’t become ${to}.`)
}

function readAnswer(given: string): string {
  const text = writtenText(given)
  if (text === '' || text.length > MAX_ANSWER)
    throw refused('invalid_answer', `The text for the shopper needs 1 to ${MAX_ANSWER} characters.`)
  return text
}
