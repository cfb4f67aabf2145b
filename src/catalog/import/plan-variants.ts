// What the lines of a list say of variants.
import { skuOf } from '../new-products.js'
import type { NewPlannedVariant } from './plan.js'
import * as cellsAs from './read-cells.js'
import type { ImportLine } from './read-lines.js'

export function newVariantOf(
  { line, cells }: ImportLine,
  values: string[],
  currency: string,
  usualAmount: number | null,
  pictures: readonly string[],
  complain: cellsAs.Complain,
): NewPlannedVariant {
  if (cells.price === undefined && usualAmount === null) complain(line, 'It has no price.')
  return {
    ...{ line, sku: cells.sku ?? skuOf('', values), values },
    unitAmount:
      cells.price === undefined
        ? (usualAmount ?? 0)
        : cellsAs.readPriceCell(line, cells.price, currency, complain),
    stock: cells.stock === undefined ? null : cellsAs.readStockCell(line, cells.stock, complain),
    weight: cells.grams === undefined ? null : cellsAs.readGrams(line, cells.grams, complain),
    active:
      cells.variant_on_sale === undefined ||
      cellsAs.readYesNo(line, 'variant_on_sale', cells.variant_on_sale, complain),
    image:
      cells.variant_picture === undefined
        ? null
        : cellsAs.readVariantPicture(line, cells.variant_picture, pictures, null, complain),
  }
}

/** The value of each option. @param otherwise for a line without options. Null: it needs them */
export function valuesOf(
  { line, cells }: ImportLine,
  otherwise: string[] | null,
  options: readonly string[],
  complain: cellsAs.Complain,
): string[] {
  if (otherwise !== null) return otherwise
  const given = new Map(
    cells.options === undefined ? [] : cellsAs.readOptionCell(line, cells.options, complain),
  )
  const extra = [...given.keys()].find((name) => !options.includes(name))
  if (extra !== undefined)
    complain(
      line,
      `The product has no option “${extra}”${options.length > 0 ? `, only ${options.join(', ')}` : ''}.`,
    )
  return options.map((name) => {
    const value = given.get(name)
    if (value === undefined) complain(line, `options says nothing of ${name}.`)
    return value ?? ''
  })
}
