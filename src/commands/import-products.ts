// npm run products -- import: says what a CSV file would change, and changes it with --apply.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { changesOf } from '../catalog/import/describe-plan.js'
import { applyImport, planImport, readImport } from '../catalog/import/imports.js'
import type { ImportPlan, ImportResult } from '../catalog/import/plan.js'
import { MOST_IMPORT_BYTES } from '../catalog/import/read-lines.js'
import { CommandError, UsageError, type CommandDeps } from './run.js'

export async function importProducts(
  { database, settings }: CommandDeps,
  file: string | undefined,
  isApplied: boolean,
): Promise<string> {
  const { prisma } = database
  if (file === undefined) throw new UsageError('Which file?')
  const content = await readFile(file).catch((error: unknown) => {
    throw new CommandError(`${file} can’t be read: ${(error as Error).message}`)
  })
  if (content.length > MOST_IMPORT_BYTES)
    throw new CommandError(`The file has more than ${MOST_IMPORT_BYTES / 1024 / 1024} MB. Split it.`)
  const { currency, pictureHosts } = await settings()
  const options = { currency, allowedHosts: pictureHosts }
  const planned = await planImport(prisma, content, options, { fileName: basename(file), userId: null })
  if ('refused' in planned) throw new CommandError(planned.refused)
  const found = await readImport(prisma, planned.id)
  if (!found) throw new CommandError('The import was deleted meanwhile.')
  const { plan } = found
  if (plan.errors.length > 0) {
    const mistakes = plan.errors.map(({ line, message }) => `Line ${line}: ${message}`)
    throw new CommandError(['Nothing is imported: the file has mistakes.', ...mistakes].join('\n'))
  }
  if (plan.products.length === 0) return 'The file says what the shop has already.'
  const changes = planText(plan)
  if (!isApplied) return `${changes}\nNothing is changed yet. Add --apply to import it.`
  return `${changes}\n${resultText(await applyImport(prisma, planned.id))}`
}

function planText({ products, unchanged }: ImportPlan): string {
  const lines = products.flatMap((product) => [
    `Line ${product.line}: ${product.name}${product.kind === 'add' ? ' (new)' : ''}`,
    ...changesOf(product).map(({ what, from, to }) => `  ${what}: ${from === null ? to : `${from} → ${to}`}`),
  ])
  const added = products.filter(({ kind }) => kind === 'add').length
  const totals = `New products: ${added}. Changed products: ${products.length - added}. Lines without a change: ${unchanged}.`
  return [...lines, totals].join('\n')
}

function resultText({ applied, skipped }: ImportResult): string {
  return [
    `Imported: ${applied}.`,
    ...skipped.map(({ name, reason }) => `Not imported: ${name}. ${reason}`),
  ].join('\n')
}
