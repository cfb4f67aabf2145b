// Numbered pages of a list: the one that an address asks for, its rows, and the addresses of the pages beside it.
import { z } from 'zod'

/** A page number from an address, from 1. Anything else is page 1. */
export const pageNumber = z.coerce.number().int().min(1).max(10_000).catch(1)

/** The rows of a page, for Prisma. */
export function rowsOf(page: number, pageSize: number): { skip: number; take: number } {
  return { skip: (page - 1) * pageSize, take: pageSize }
}

/** How many pages a list of so many rows has: at least one. */
export function pageCount(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize))
}

export interface PageLinks {
  page: number
  pages: number
  /** Null on the first page. Beyond the last page, the last one. */
  previousHref: string | null
  nextHref: string | null
}

/** @param href the address of a page */
export function pageLinks(page: number, pages: number, href: (page: number) => string): PageLinks {
  return {
    page,
    pages,
    previousHref: page > 1 ? href(Math.min(page - 1, pages)) : null,
    nextHref: page < pages ? href(page + 1) : null,
  }
}
