// The id of a row in an address.
import { notFound } from '../http/problem.js'

/** @throws Problem 404 for what can be no id */
export function rowId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound()
  return Number(text)
}
