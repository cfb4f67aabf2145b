// The columns of a list of products as CSV, one line for each variant: what an export writes and an import reads.
import type { EditedProduct } from '../save-product.js'
import { toDecimal } from '../../money.js'
import { picturesOf } from '../product-pictures.js'
import { pictureLine } from './picture-lines.js'

type Variant = EditedProduct['variants'][number]

const yesNo = (value: boolean) => (value ? 'yes' : 'no')

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

export const NOT_COUNTED = 'not counted'

/** In their order. Those before the sku belong to the product: all lines of its variants say the same. */
export const COLUMNS = {
  product: ({ slug }: EditedProduct) => slug,
  name: ({ name }: EditedProduct) => name,
  summary: ({ summary }: EditedProduct) => summary,
  description: ({ description }: EditedProduct) => description,
  category: ({ category }: EditedProduct) => category,
  specifications: ({ specifications }: EditedProduct) => specifications.join('\n'),
  shipping: ({ requiresShipping }: EditedProduct) => yesNo(requiresShipping),
  tax_code: ({ taxCode }: EditedProduct) => taxCode ?? '',
  on_sale: ({ active }: EditedProduct) => yesNo(active),
  picture: ({ image }: EditedProduct) => image,
  picture_text: (product: EditedProduct) => oneLine(picturesOf(product)[0]?.alt ?? ''),
  more_pictures: (product: EditedProduct) => picturesOf(product).slice(1).map(pictureLine).join('\n'),
  sku: (_product: EditedProduct, { sku }: Variant) => sku,
  options: ({ options }: EditedProduct, { optionValues }: Variant) =>
    options.map((name, index) => `${name}: ${optionValues[index] ?? ''}`).join('; '),
  price: (_product: EditedProduct, { unitAmount, currency }: Variant) => toDecimal(unitAmount, currency),
  currency: ({ currency }: EditedProduct) => currency.toUpperCase(),
  stock: (_product: EditedProduct, { stock }: Variant) => (stock === null ? NOT_COUNTED : String(stock)),
  grams: (_product: EditedProduct, { weight }: Variant) => (weight === null ? '' : String(weight)),
  variant_on_sale: (_product: EditedProduct, { active }: Variant) => yesNo(active),
  variant_picture: (_product: EditedProduct, { image }: Variant) => image ?? '',
} as const

export type Column = keyof typeof COLUMNS
export const COLUMN_NAMES = Object.keys(COLUMNS) as Column[]

export function isColumn(text: string): text is Column {
  return Object.hasOwn(COLUMNS, text)
}
