// Writes all products as CSV, a part at a time.
import type { PrismaClient } from '../../generated/prisma/client.js'
import { csvLine } from '../../http/csv.js'
import { WITH_PICTURES } from '../product-pictures.js'
import { COLUMN_NAMES, COLUMNS } from './columns.js'

/** Products that are read at once. */
const BATCH = 300

export async function* exportProducts(prisma: PrismaClient): AsyncGenerator<string> {
  yield csvLine(COLUMN_NAMES)
  for (let after = 0; ;) {
    const products = await prisma.product.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: BATCH,
      include: { variants: { orderBy: [{ position: 'asc' }, { id: 'asc' }] }, ...WITH_PICTURES },
    })
    const lines = products.flatMap((product) =>
      product.variants.map((variant) => csvLine(COLUMN_NAMES.map((name) => COLUMNS[name](product, variant)))),
    )
    if (lines.length > 0) yield lines.join('')
    const last = products.at(-1)
    if (!last || products.length < BATCH) return
    after = last.id
  }
}
