// What the cells of a line mean.
import { formatMoney, isCurrency, largestTotal, MoneyError, parseMoney } from '../../money.js'
import { checkPictureAddress } from '../../pictures/allowed-picture.js'
import { PictureError } from '../../pictures/picture-error.js'
import { MOST_STOCK } from '../adjust-stock.js'
import { NOT_COUNTED, type Column } from './columns.js'
import { linesOf, readPictureLine } from './picture-lines.js'
import type { ImportLine } from './read-lines.js'

/** Clears what may be empty. An empty cell says nothing. */
const NONE = 'none'

/** Tells what is wrong with a line. */
export type Complain = (line: number, message: string) => void

const LONGEST: Partial<Record<Column, number>> = {
  ...{
    product: 200,
    name: 250,
    summary: 300,
    description: 20_000,
    category: 60,
    sku: 200,
    specifications: 10_000,
    picture_text: 250,
    more_pictures: 10_000,
  },
}

/**
 * What a line says of its product, by the database's columns; of its pictures: `image` and `alt` of the first one, `others`.
 * What it doesn't say is left out.
 */
export function readProductCells(
  { line, cells }: ImportLine,
  problemOf: (address: string) => string | null,
  complain: Complain,
): Record<string, string | boolean | string[] | null> {
  const read: Record<string, string | boolean | string[] | null> = {}
  for (const name of ['name', 'category'] as const) if (cells[name] !== undefined) read[name] = cells[name]
  for (const name of ['summary', 'description'] as const)
    if (cells[name] !== undefined) read[name] = cells[name] === NONE ? '' : cells[name]
  for (const [name, most] of Object.entries(LONGEST)) {
    const length = cells[name as Column]?.length ?? 0
    if (length > most) complain(line, `${name} has ${length} characters: at most ${most}.`)
  }
  if (cells.specifications !== undefined) {
    const lines = (cells.specifications === NONE ? '' : cells.specifications)
      .split('\n')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    const wrong = lines.find((one) => !/^[^:]+:.*\S/.test(one))
    if (wrong !== undefined) complain(line, `specifications has “${wrong}”: write “Material: Oak”.`)
    read['specifications'] = lines
  }
  if (cells.shipping !== undefined)
    read['requiresShipping'] = readYesNo(line, 'shipping', cells.shipping, complain)
  if (cells.on_sale !== undefined) read['active'] = readYesNo(line, 'on_sale', cells.on_sale, complain)
  if (cells.tax_code !== undefined) {
    if (cells.tax_code !== NONE && !/^txcd_\d{8}$/.test(cells.tax_code))
      complain(line, `tax_code is “${cells.tax_code}”: Stripe’s codes are txcd_ and eight digits, or none.`)
    read['taxCode'] = cells.tax_code === NONE ? null : cells.tax_code
  }
  const readPicture = (image: string) => {
    const problem = problemOf(image)
    if (problem !== null) complain(line, problem)
    return image
  }
  if (cells.picture !== undefined) read['image'] = readPicture(cells.picture)
  if (cells.picture_text !== undefined) read['alt'] = cells.picture_text.replace(/\s+/g, ' ')
  if (cells.more_pictures !== undefined) {
    const others = linesOf(cells.more_pictures)
    for (const other of others) readPicture(readPictureLine(other).image)
    read['others'] = others
  }
  return read
}

/** Why an address can't be a picture, or null. */
export function addressProblem(image: string, allowedHosts: readonly string[]): string | null {
  try {
    if (/\s/.test(image)) return `The address of a picture has no spaces: “${image}”.`
    checkPictureAddress(image, allowedHosts)
    return null
  } catch (error) {
    if (!(error instanceof PictureError)) throw error
    return error.message
  }
}

export function readYesNo(line: number, column: Column, text: string, complain: Complain): boolean {
  const word = text.toLowerCase()
  if (word !== 'yes' && word !== 'no') complain(line, `${column} is “${text}”: write yes or no.`)
  return word === 'yes'
}

/** Minor units. 0 after a complaint. */
export function readPriceCell(line: number, text: string, currency: string, complain: Complain): number {
  if (!isCurrency(currency)) return 0
  try {
    const amount = parseMoney(text, currency)
    if (amount <= largestTotal(currency)) return amount
    complain(line, `price is ${text}: an order is at most ${formatMoney(largestTotal(currency), currency)}.`)
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error
    complain(line, `price: ${error.message}`)
  }
  return 0
}

/** Null: not counted. */
export function readStockCell(line: number, text: string, complain: Complain): number | null {
  if (text.toLowerCase() === NOT_COUNTED) return null
  if (/^\d{1,9}$/.test(text) && Number(text) <= MOST_STOCK) return Number(text)
  complain(line, `stock is “${text}”: write a whole number, or “${NOT_COUNTED}”.`)
  return 0
}

/** One of the product's pictures. Null: the first one. @param own what the variant has already */
export function readVariantPicture(
  line: number,
  text: string,
  pictures: readonly string[],
  own: string | null,
  complain: Complain,
): string | null {
  if (text === NONE) return null
  if (text !== own && !pictures.some((picture) => readPictureLine(picture).image === text))
    complain(line, `variant_picture is “${text}”, which is none of the product’s pictures.`)
  return text
}

/** Null: not weighed. */
export function readGrams(line: number, text: string, complain: Complain): number | null {
  if (text === NONE) return null
  if (/^\d{1,7}$/.test(text)) return Number(text)
  complain(line, `grams is “${text}”: write a whole number.`)
  return 0
}

/** "Size: S; Color: Red" */
export function readOptionCell(
  line: number,
  text: string,
  complain: Complain,
): [name: string, value: string][] {
  return text.split(';').flatMap((part): [string, string][] => {
    const [, name = '', value = ''] = /^([^:]+):(.+)$/s.exec(part.trim()) ?? []
    if (name.trim() !== '' && value.trim() !== '') return [[name.trim(), value.trim()]]
    complain(line, `options has “${part.trim()}”: write “Size: S; Color: Red”.`)
    return []
  })
}
