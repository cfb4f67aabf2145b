// npm run products -- adjust: changes a variant's stock by a difference, with a reason.
import { randomUUID } from 'node:crypto'
import { adjustStock, MOST_STOCK } from '../catalog/adjust-stock.js'
import { isStockReason, LONGEST_STOCK_NOTE, STOCK_REASONS } from '../catalog/stock-reasons.js'
import type { PrismaClient, Variant } from '../generated/prisma/client.js'
import { CommandError } from './run.js'

const MINUS = '−'

/** "-2" would be read as an option: writes it with a minus sign. */
export function withMinusSigns(args: readonly string[]): string[] {
  return args.map((argument) => (/^-\d+$/.test(argument) ? argument.replace('-', MINUS) : argument))
}

export async function adjustVariant(
  prisma: PrismaClient,
  variant: Variant,
  difference: string | undefined,
  { reason, note }: { reason?: string | undefined; note?: string | undefined },
): Promise<void> {
  const by = /^[+−-]\d{1,9}$/.test(difference ?? '') ? Number(difference?.replace(MINUS, '-')) : 0
  if (by === 0 || Math.abs(by) > MOST_STOCK)
    throw new CommandError('By how many units? Give the difference with its sign, such as +3 or -2.')
  if (reason === undefined || !isStockReason(reason))
    throw new CommandError(`--reason must be one of ${Object.keys(STOCK_REASONS).join(', ')}.`)
  if (note !== undefined && note.length > LONGEST_STOCK_NOTE)
    throw new CommandError(`--note can have at most ${LONGEST_STOCK_NOTE} characters.`)
  if (variant.stock === null)
    throw new CommandError(
      `Stock of ${variant.sku} isn’t counted. First say how many units there are: npm run products -- set ${variant.sku} --stock 12`,
    )
  await adjustStock(prisma, variant.productId, [{ variantId: variant.id, change: { by } }], {
    ...{ reason, note: note ?? null, requestKey: randomUUID() },
  })
}
