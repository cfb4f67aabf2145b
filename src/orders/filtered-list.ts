// A shopper's list with filters and pages: the rows to load for an address, and the links to the others.
import { pageCount, pageLinks, pageNumber, rowsOf } from '../http/paging.js'
import type { ListLinks } from './view-models.js'

const PAGE_SIZE = 20

export interface FilteredList<Filter extends string> {
  filter: Filter
  /** For the query. */
  skip: number
  take: number
  /** @param total how many rows match the filter */
  links: (total: number) => ListLinks
}

/**
 * Invalid values in an address fall back to the first filter and the first page.
 * @param filters the first one is the default
 */
export function filteredList<Filter extends string>(
  path: string,
  filters: readonly [Filter, ...Filter[]],
  labels: Record<Filter, string>,
  query: Record<string, unknown>,
): FilteredList<Filter> {
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
    ...rowsOf(page, PAGE_SIZE),
    links: (total) => ({
      filters: filters.map((name) => ({ label: labels[name], href: href(name), active: name === filter })),
      ...pageLinks(page, pageCount(total, PAGE_SIZE), (number) => href(filter, number)),
    }),
  }
}
