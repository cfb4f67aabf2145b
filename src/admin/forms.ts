// Reads the fields of the admin's forms.
import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Units } from '../fulfilment/locked-order.js'
import type { FormState } from './order-models.js'

export type Fields = Readonly<Record<string, string>>

/** The fields of a form as they were typed. A field that is sent twice counts once. */
export function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
      const one: unknown = Array.isArray(value) ? value[0] : value
      return typeof one === 'string' ? [[name, one]] : []
    }),
  )
}

/** A text, or undefined for an empty field. */
export function givenText(fields: Fields, name: string): string | undefined {
  const text = fields[name]?.trim() ?? ''
  return text === '' ? undefined : text
}

/**
 * Units of an order's lines, from a field such as "ship_12" for each. Empty and zero: none.
 * @returns null when one is no number
 */
export function readUnits(fields: Fields, prefix: string): Units[] | null {
  const units: Units[] = []
  for (const [name, value] of Object.entries(fields)) {
    const id = name.startsWith(prefix) ? name.slice(prefix.length) : ''
    if (!/^[1-9]\d{0,8}$/.test(id) || value.trim() === '') continue
    if (!/^\d{1,4}$/.test(value.trim())) return null
    if (Number(value) > 0) units.push({ orderItemId: Number(id), quantity: Number(value) })
  }
  return units
}

/** What a form said, to be sent again as it is. */
export function sentFields({ body }: Request): [name: string, value: string][] {
  const fields = Object.entries((body ?? {}) as Record<string, string | string[]>)
  return fields.flatMap(([name, values]) => [values].flat().map((value): [string, string] => [name, value]))
}

/** A new form's request key: sending the form twice is one request. */
export function newRequestKey(): string {
  return randomUUID()
}

/** The key that the form was sent with. @returns null for a form that has lost it */
export function requestKeyOf(fields: Fields): string | null {
  const { key = '' } = fields
  return /^[0-9a-f-]{36}$/.test(key) ? key : null
}

export const emptyForm: FormState = { values: {}, errors: {} }
