// Numbered pages of a list: parsing the page number, selecting its rows, linking the previous and next page.
import { z } from 'zod'

/** A page number in a query string, from 1. Anything invalid is page 1. */
export const pageNumber = z.coerce.number().int().min(1).max(10_000).catch(1)

/** Prisma's arguments that select the rows of a page. */
export function rowsOf(page: number, pageSize: number): { skip: number; take: number } {
  return { skip: (page - 1) * pageSize, take: pageSize }
}

/** Number of pages, at least one. */
export function pageCount(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize))
}

export interface PageLinks {
  page: number
  pages: number
  /** Null on the first page. From beyond the last page it leads to the last one. */
  previousHref: string | null
  nextHref: string | null
}

/** @param href returns the URL of a page */
export function pageLinks(page: number, pages: number, href: (page: number) => string): PageLinks {
  return {
    page,
    pages,
    previousHref: page > 1 ? href(Math.min(page - 1, pages)) : null,
    nextHref: page < pages ? href(page + 1) : null,
  }
}
