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

/** Text that Stripe may leave out. */
export const optionalText = text.nullish().transform((value) => value ?? null)

/** Metadata: text by name. */
export const metadata = z.record(z.string(), text).nullish()

/** Money in minor units, up to 2^53. Stripe's amounts have eight digits, twelve at most. */
export const amount = z.number().int().nonnegative()

/** Seconds since 1970, until the end of the year 9999. */
export const seconds = z.number().int().nonnegative().max(253_402_300_799)

/** A reference to another object: its id, or the whole object if it was expanded. */
export const reference = z.union([stripeId, z.object({ id: stripeId })]).nullish()

export function idOf(referred: z.infer<typeof reference>): string | null {
  return typeof referred === 'string' ? referred : (referred?.id ?? null)
}

const marked = z.object({ metadata: z.object({ app: text }) })
const unmarked = z.object({ metadata: z.object({ app: z.undefined().optional() }).nullish() })

/**
 * The app that an object's metadata names, whether or not the rest of the object can be read. Null: none. Undefined: its
 * metadata can't be read.
 */
export function appOf(object: unknown): string | null | undefined {
  const parsed = marked.safeParse(object)
  if (parsed.success) return parsed.data.metadata.app
  return unmarked.safeParse(object).success ? null : undefined
}
