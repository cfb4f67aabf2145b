// Imports of products: planned, looked at, and applied.
import { recordAudit } from '../../audit/record-audit.js'
import { Prisma, type PrismaClient } from '../../generated/prisma/client.js'
import { notFound } from '../../http/problem.js'
import { applyPlan } from './apply-plan.js'
import { makePlan, type ImportOptions } from './make-plan.js'
import { importPlan, importResult, type ImportPlan, type ImportResult } from './plan.js'
import { readLines } from './read-lines.js'

export interface StoredImport {
  id: string
  fileName: string
  createdAt: Date
  plan: ImportPlan
  /** Null until it was applied. */
  result: ImportResult | null
}

/** Says what an import would change, and keeps it. */
export async function planImport(
  prisma: PrismaClient,
  content: Buffer,
  options: ImportOptions,
  by: { fileName: string; userId: number | null },
): Promise<{ id: string } | { refused: string }> {
  const lines = readLines(content)
  if (typeof lines === 'string') return { refused: lines }
  const plan = await makePlan(prisma, lines, options)
  const { id } = await prisma.productImport.create({
    data: { fileName: by.fileName.slice(0, 200), createdById: by.userId, plan },
  })
  return { id }
}

/** Null if there is none. */
export async function readImport(prisma: PrismaClient, id: string): Promise<StoredImport | null> {
  const row = await prisma.productImport.findUnique({ where: { id } })
  if (!row) return null
  const { fileName, createdAt, plan, result } = row
  return {
    ...{ id, fileName, createdAt, plan: importPlan.parse(plan) },
    result: result === null ? null : importResult.parse(result),
  }
}

/** Applies an import once. One that was interrupted goes on where it stopped. @throws Problem 404, 409 */
export async function applyImport(prisma: PrismaClient, id: string): Promise<ImportResult> {
  const found = await readImport(prisma, id)
  if (!found) throw notFound()
  if (found.result !== null) return found.result
  const result = await applyPlan(prisma, id, found.plan)
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.productImport.updateMany({
      where: { id, result: { equals: Prisma.DbNull } },
      data: { result },
    })
    if (count > 0) await recordAudit(tx, { action: 'products.imported', subject: 'import', subjectId: id })
  })
  return result
}
