// Validates a JSON body.
import type { z } from 'zod'
import { Problem } from '../http/problem.js'

/**
 * Parses a body with a schema.
 * @throws Problem 400 with this code, listing each invalid field
 */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  code: string,
): z.infer<Schema> {
  const result = schema.safeParse(body ?? {})
  if (result.success) return result.data
  const errors = result.error.issues.map((issue) => ({ field: nameOf(issue.path), detail: issue.message }))
  const sentences = errors.map(({ field, detail }) => `${field || 'The body'}: ${detail}`)
  throw new Problem(400, code, 'The body is invalid', sentences.join('; '), { errors })
}

/** ["items", 0, "quantity"] → "items[0].quantity" */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
}
