import type { Request } from 'express'

/** What a list was asked for. */
export interface Query {
  text: string
  state: string
  /** The last record of the page before. */
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
