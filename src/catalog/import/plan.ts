// What an import would change: made from the lines of a file and the catalog as it is, and kept until it is applied.
import { z } from 'zod'

const value = z.union([z.string(), z.int(), z.boolean(), z.array(z.string()), z.null()])

const change = z.object({
  /** The column of the database. */
  field: z.string(),
  from: value,
  to: value,
})

const newVariant = z.object({
  line: z.int(),
  sku: z.string(),
  values: z.array(z.string()),
  unitAmount: z.int(),
  stock: z.int().nullable(),
  weight: z.int().nullable(),
  active: z.boolean(),
  /** Null: the product's first picture. */
  image: z.string().nullable().default(null),
})

const addedProduct = z.object({
  kind: z.literal('add'),
  line: z.int(),
  slug: z.string(),
  name: z.string(),
  summary: z.string(),
  description: z.string(),
  category: z.string(),
  specifications: z.array(z.string()),
  requiresShipping: z.boolean(),
  taxCode: z.string().nullable(),
  active: z.boolean(),
  image: z.string(),
  /** As lines: an address, and its text. */
  pictures: z.array(z.string()).default([]),
  currency: z.string(),
  options: z.array(z.string()),
  variants: z.array(newVariant),
})

const changedProduct = z.object({
  kind: z.literal('change'),
  line: z.int(),
  id: z.int(),
  name: z.string(),
  currency: z.string(),
  changes: z.array(change),
  variants: z.array(z.object({ id: z.int(), line: z.int(), sku: z.string(), changes: z.array(change) })),
  added: z.array(newVariant),
})

export const importPlan = z.object({
  products: z.array(z.union([addedProduct, changedProduct])),
  errors: z.array(z.object({ line: z.int(), message: z.string() })),
  /** Lines that change nothing. */
  unchanged: z.int(),
})

export type ImportPlan = z.infer<typeof importPlan>
export type PlannedProduct = ImportPlan['products'][number]
export type AddedProduct = z.infer<typeof addedProduct>
export type ChangedProduct = z.infer<typeof changedProduct>
export type PlannedChange = z.infer<typeof change>
export type NewPlannedVariant = z.infer<typeof newVariant>

export const importResult = z.object({
  applied: z.int(),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
})
export type ImportResult = z.infer<typeof importResult>
