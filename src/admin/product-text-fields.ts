// The texts of a product as a form has them, in the shop's language and in others.
import type { EditErrors } from '../catalog/save-product.js'
import type { Fields } from './forms.js'

const LENGTHS = { name: 250, summary: 300, description: 20_000, category: 60 } as const
const MOST_SPECIFICATIONS = 40

export type TextField = keyof typeof LENGTHS

/** Errors are added by the name of the field. */
export function readText(fields: Fields, field: string, text: TextField, errors: EditErrors): string {
  const value = (fields[field] ?? '').replaceAll('\r\n', '\n').trim()
  if (value.length > LENGTHS[text])
    errors[field] = `At most ${LENGTHS[text]} characters; this has ${value.length}.`
  return value
}

/** "Material: Oak", one on each line. */
export function readSpecifications(fields: Fields, field: string, errors: EditErrors): string[] {
  const lines = (fields[field] ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const wrong = lines.find((line) => !/^[^:]+:.*\S/.test(line))
  if (wrong !== undefined) errors[field] = `Write “${wrong}” as a name and a value, such as “Material: Oak”.`
  else if (lines.length > MOST_SPECIFICATIONS || lines.some((line) => line.length > 300))
    errors[field] = `At most ${MOST_SPECIFICATIONS} lines of up to 300 characters.`
  return lines
}
