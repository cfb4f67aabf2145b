// Lists with their filters that an operator keeps under a name.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient, SavedView } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'

/** The most views of a list. */
const MOST = 50
export const LONGEST_VIEW_NAME = 60

export function listViews(prisma: PrismaClient, userId: number, list: string): Promise<SavedView[]> {
  return prisma.savedView.findMany({ where: { userId, list }, orderBy: { name: 'asc' }, take: MOST })
}

/** Saves a view. One with this name gets the new filters. */
export async function saveView(
  prisma: PrismaClient,
  userId: number,
  { list, name, query }: Pick<SavedView, 'list' | 'name' | 'query'>,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { id } = await tx.savedView.upsert({
      where: { userId_list_name: { userId, list, name } },
      create: { userId, list, name, query },
      update: { query },
    })
    await recordAudit(tx, { action: 'view.saved', subject: 'view', subjectId: id, fields: ['query'] })
  })
}

/** @throws Problem 404 when the operator has no such view */
export async function deleteView(prisma: PrismaClient, userId: number, id: number): Promise<void> {
  const known = Number.isInteger(id) && id > 0 && id < 2 ** 31 ? id : 0
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.savedView.deleteMany({ where: { id: known, userId } })
    if (count === 0) throw notFound()
    await recordAudit(tx, { action: 'view.deleted', subject: 'view', subjectId: id })
  })
}
