// Reads the filters of a list from its address.
import type { Request } from 'express'

/** The filters of a list. */
export interface Query {
  text: string
  state: string
  /** The id of the last record on the previous page. */
  after?: string
}

export const PAGE_SIZE = 50

export function query(request: Request): Query {
  const { q, state, after } = request.query
  return {
    text: typeof q === 'string' ? q.trim().slice(0, 200) : '',
    state: typeof state === 'string' ? state : '',
    ...(typeof after === 'string' ? { after } : {}),
  }
}
