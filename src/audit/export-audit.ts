// The audit log as rows of a CSV file.
import type { Database } from '../database/client.js'
import { csvLine } from '../http/csv.js'
import { readAudit, type AuditFilter, type AuditRow } from './read-audit.js'

const BATCH = 1000

const HEAD = 'time actor account name address request action subject id fields'.split(' ')

/** Read in parts, so that the file may be larger than memory. @returns its parts, beginning with the names of the columns */
export async function* exportAudit(
  prisma: Pick<Database['prisma'], '$queryRaw'>,
  filter: AuditFilter,
): AsyncGenerator<string> {
  yield csvLine(HEAD)
  let before: number | null = null
  for (;;) {
    const rows: AuditRow[] = await readAudit(prisma, filter, before, BATCH)
    yield rows.map(rowOf).join('')
    const last = rows.at(-1)
    if (last === undefined || rows.length < BATCH) return
    before = Number(last.id)
  }
}

function rowOf(row: AuditRow): string {
  const { at, actor, actorId, actorName, address, requestId, action, subject, subjectId, fields } = row
  return csvLine([
    ...[at.toISOString(), actor, actorId, actorName, address, requestId],
    ...[action, subject, subjectId, fields.join(' ')],
  ])
}
