// What operators write down about an order, for operators.
import { currentActor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Note, PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { writtenText } from './written-text.js'

const MAX_NOTE = 2000

/**
 * Adds a note on behalf of the operator. The same text again, such as a double click, is the same note.
 * @throws Problem without a text, or when it is too long
 */
export async function addNote(prisma: PrismaClient, orderId: number, given: string): Promise<Note> {
  const text = readNote(given)
  if (text === null) throw new Problem(422, 'invalid_note', 'No note', 'Write a note.')
  const authorId = currentActor()?.userId ?? null
  return prisma.$transaction(async (tx) => {
    const [order] = await tx.$queryRaw<{ key: string }[]>`
      SELECT key FROM "Order" WHERE id = ${orderId} FOR NO KEY UPDATE`
    if (!order) throw new Error(`There is no order ${orderId}.`)
    const last = await tx.note.findFirst({ where: { orderId }, orderBy: { id: 'desc' } })
    if (last?.text === text && last.authorId === authorId) return last
    await recordAudit(tx, { action: 'order.noted', subject: 'order', subjectId: order.key, fields: ['note'] })
    return tx.note.create({ data: { orderId, authorId, text } })
  })
}

/** Null for an empty one. @throws Problem when it is too long */
export function readNote(given: string | null | undefined): string | null {
  const text = writtenText(given ?? '')
  if (text.length > MAX_NOTE)
    throw new Problem(422, 'invalid_note', 'Note too long', `A note has at most ${MAX_NOTE} characters.`)
  return text === '' ? null : text
}
