// Validates a JSON body, or a query.
import type { z } from 'zod'
import { Problem } from '../http/problem.js'

/**
 * Parses a body or a query with a schema.
 * @throws Problem 400 with this code, listing each invalid field
 */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  code: string,
  what = 'body',
): z.infer<Schema> {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const errors = result.error.issues.map((issue) => ({ field: nameOf(issue.path), detail: issue.message }))
  throw invalidBody(code, errors, what)
}

/** 400 with this code. */
export function invalidBody(
  code: string,
  errors: { field: string; detail: string }[],
  what = 'body',
): Problem {
  const sentences = errors.map(({ field, detail }) => `${field || `The ${what}`}: ${detail}`)
  return new Problem(400, code, `The ${what} is invalid`, sentences.join('; '), { errors })
}

/** ["items", 0, "quantity"] → "items[0].quantity" */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}
