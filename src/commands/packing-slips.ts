// npm run orders -- packing-slips: what goes into parcels, as a PDF.
import { writeFile } from 'node:fs/promises'
import { packingSlipOf, packingSlipsPdf } from '../fulfilment/packing-slip.js'
import { ordersToPack } from '../fulfilment/orders-to-ship.js'
import { formatDatesIn } from '../messages/format-date.js'
import { findOneOrder } from './order-argument.js'
import { CommandError, UsageError, type CommandDeps } from './run.js'

export const SLIPS_USAGE = `  packing-slips FILE ORDER ...                       write the packing slips of these orders to a PDF file`

/** @returns what to print */
export async function packingSlips(
  deps: CommandDeps,
  file: string | undefined,
  orders: readonly string[],
): Promise<string> {
  if (file === undefined) throw new UsageError('To which file?')
  if (orders.length === 0) throw new UsageError('Which orders?')
  const { prisma } = deps.database
  const ids: number[] = []
  for (const order of orders) ids.push(await findOneOrder(deps, order))
  const rows = await prisma.order.findMany({ where: { id: { in: ids } }, select: { id: true, key: true } })
  const keys = ids.flatMap((id) => rows.find((row) => row.id === id)?.key ?? [])
  const settings = await deps.settings()
  formatDatesIn(settings.timeZone)
  const slips = (await ordersToPack(prisma, keys)).map(packingSlipOf)
  await writeFile(file, await packingSlipsPdf(slips, settings), { flag: 'wx' }).catch((error: unknown) => {
    throw new CommandError(`The file could not be written: ${(error as Error).message}`)
  })
  return `Wrote ${file}.`
}
