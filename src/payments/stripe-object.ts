// Reading one of Stripe's objects: only the fields that the shop decides by, and a fault that names the one that is missing.
import { z } from 'zod'

/** An object that lacks what settlement needs: of another API version, most likely. The message names the field. */
export class UnreadableObject extends Error {
  override name = 'UnreadableObject'
}

/** @throws UnreadableObject */
export function read<Shape extends z.ZodType>(name: string, shape: Shape, object: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(object)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = storable(issue?.path.join('.') ?? '?')
  throw new UnreadableObject(`${name}: ${field}: ${issue?.message ?? 'unreadable'}`)
}

/** An id of Stripe's. */
export const stripeId = z.string().regex(/^\w{1,255}$/)

/** A word or sentence of Stripe's, kept as it is but for what PostgreSQL's text can't hold. */
export const words = z.string().transform(storable)

function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** Money in minor units. Stripe's own have eight digits, twelve at the very most; a column here holds nine. */
export const amount = z.number().int().nonnegative().max(2_147_483_647)

/** Seconds since 1970, to the end of the year 9999. */
export const seconds = z.number().int().nonnegative().max(253_402_300_799)

/** A reference to another object: its id, or the whole of it where it was expanded. */
export const reference = z.union([stripeId, z.object({ id: stripeId }), z.null()])

export function idOf(referred: z.infer<typeof reference>): string | null {
  return typeof referred === 'string' ? referred : (referred?.id ?? null)
}
