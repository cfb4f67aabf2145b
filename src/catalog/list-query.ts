// The address of the product list: what it asks for, and the links to other lists.
import type { Request } from 'express'
import { z } from 'zod'
import { pageNumber } from '../http/paging.js'
import { LARGEST_STORED, MoneyError, parseMoney, toDecimal } from '../money.js'
import { NO_FILTER, type ProductFilter } from './product-filter.js'
import { SORTS, type ProductQuery } from './products.js'

export interface ListQuery extends ProductQuery {
  filter: ProductFilter
}

/** Several values of one name, or one. */
const texts = z
  .union([z.string().transform((text) => [text]), z.array(z.string())])
  .transform((values) => [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))])

/** Invalid values fall back to the closest valid option. */
const listQuery = z.object({
  q: z.string().trim().max(100).catch(''),
  category: z.string().trim().max(300).catch(''),
  sort: z.enum(SORTS).optional().catch(undefined),
  page: pageNumber,
  min: z.string().trim().max(20).catch(''),
  max: z.string().trim().max(20).catch(''),
  stock: z.literal('in').optional().catch(undefined),
  option: texts.pipe(z.array(z.string().max(300)).max(20)).catch([]),
})

/** The parameters of the list's address, apart from `q`. */
export const LIST_PARAMETERS = ['category', 'sort', 'page', 'min', 'max', 'stock', 'option'] as const

/** What the address asks for. @param currency of its prices */
export function readListQuery(request: Request, currency: string): ListQuery {
  const { q, category, sort, page, min, max, stock, option } = listQuery.parse(request.query)
  const [least, most] = [amountIn(min, currency), amountIn(max, currency)]
  const isTurned = least !== null && most !== null && least > most
  return {
    search: q,
    category,
    // A search has the best first. Otherwise there is no best.
    sort: q === '' && sort === 'best' ? 'newest' : (sort ?? usualSort(q)),
    page,
    filter: {
      least: isTurned ? most : least,
      most: isTurned ? least : most,
      currency,
      inStock: stock === 'in',
      options: option,
    },
  }
}

function usualSort(search: string): ProductQuery['sort'] {
  return search === '' ? 'newest' : 'best'
}

function amountIn(text: string, currency: string): number | null {
  if (text === '') return null
  try {
    return Math.min(LARGEST_STORED, parseMoney(text.replace(',', '.'), currency))
  } catch (error) {
    if (error instanceof MoneyError) return null
    throw error
  }
}

/** "50", "49.90" */
export function shortDecimal(amount: number, currency: string): string {
  return toDecimal(amount, currency).replace(/\.0+$/, '')
}

/** The address of the list. */
export function listHref(query: ListQuery): string {
  const parameters = new URLSearchParams()
  const { search, category, sort, page, filter } = query
  const { least, most, currency, inStock, options } = filter
  if (search) parameters.set('q', search)
  if (category) parameters.set('category', category)
  if (sort !== usualSort(search)) parameters.set('sort', sort)
  if (least !== null) parameters.set('min', shortDecimal(least, currency))
  if (most !== null) parameters.set('max', shortDecimal(most, currency))
  if (inStock) parameters.set('stock', 'in')
  for (const option of options) parameters.append('option', option)
  if (page > 1) parameters.set('page', String(page))
  const text = parameters.toString()
  return text ? `/pricing?${text}` : '/pricing'
}

/** The same without its filters. */
export function unfiltered(query: ListQuery): ListQuery {
  return { ...query, page: 1, filter: { ...NO_FILTER, currency: query.filter.currency } }
}
