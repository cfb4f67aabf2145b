// Reads Stripe's objects: checks the fields that the shop uses, and names the one that is missing or unexpected.
import { z } from 'zod'

/** An object lacks a field that the shop needs, probably because it is of another API version. The message names it. */
export class UnreadableObjectError extends Error {
  override name = 'UnreadableObjectError'
}

/** @throws UnreadableObjectError */
export function read<Shape extends z.ZodType>(name: string, shape: Shape, object: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(object)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = storable(issue?.path.join('.') ?? '?')
  throw new UnreadableObjectError(`${name}: ${field}: ${issue?.message ?? 'unreadable'}`)
}

/** The id of an object at Stripe. */
export const stripeId = z.string().regex(/^\w{1,255}$/)

/** Text from Stripe, without the characters that PostgreSQL can't store. */
export const text = z.string().transform(storable)

function storable(value: string): string {
  return value.replaceAll('\0', '').toWellFormed()
}

/** Money in minor units, as far as a database column holds it. Stripe's amounts have eight digits, twelve at most. */
export const amount = z.number().int().nonnegative().max(2_147_483_647)

/** Seconds since 1970, until the end of the year 9999. */
export const seconds = z.number().int().nonnegative().max(253_402_300_799)

/** A reference to another object: its id, or the whole object if it was expanded. */
export const reference = z.union([stripeId, z.object({ id: stripeId }), z.null()])

export function idOf(referred: z.infer<typeof reference>): string | null {
  return typeof referred === 'string' ? referred : (referred?.id ?? null)
}

const marked = z.object({ metadata: z.object({ app: text }) })

/** The app that an object's metadata names, whether or not the rest of the object can be read. Null: none. */
export function appOf(object: unknown): string | null {
  const parsed = marked.safeParse(object)
  return parsed.success ? parsed.data.metadata.app : null
}
