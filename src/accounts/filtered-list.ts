// A list in the account, newest first: which part of it an address asks for, and the addresses of its other parts.
import { z } from 'zod'
import type { ListLinks } from '../http/view-models.js'

const PAGE_SIZE = 20
const pageNumber = z.coerce.number().int().min(1).max(10_000).catch(1)

export interface FilteredList<Filter extends string> {
  filter: Filter
  /** For the query: which rows. */
  skip: number
  take: number
  /** @param total how many rows pass the filter */
  links: (total: number) => ListLinks
}

/**
 * What a hand-edited address asks for is brought to the nearest thing that exists.
 * @param labels of the filters, the first of which is taken when the address names none
 */
export function filteredList<Filter extends string>(
  path: string,
  labels: Record<Filter, string>,
  query: Record<string, unknown>,
): FilteredList<Filter> {
  const filters = Object.keys(labels) as [Filter, ...Filter[]]
  const filter = filters.find((name) => name === query['show']) ?? filters[0]
  const page = pageNumber.parse(query['page'])
  const href = (show: Filter, number = 1) => {
    const parameters = new URLSearchParams({
      ...(show !== filters[0] && { show }),
      ...(number > 1 && { page: String(number) }),
    })
    return parameters.size > 0 ? `${path}?${parameters.toString()}` : path
  }
  return {
    filter,
    skip: (page - 1) * PAGE_SIZE,
    take: PAGE_SIZE,
    links: (total) => {
      const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
      return {
        filters: filters.map((name) => ({ label: labels[name], href: href(name), active: name === filter })),
        page,
        pages,
        previousHref: page > 1 ? href(filter, Math.min(page - 1, pages)) : null,
        nextHref: page < pages ? href(filter, page + 1) : null,
      }
    },
  }
}
