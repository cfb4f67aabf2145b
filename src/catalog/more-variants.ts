// Adds options and values to a product that is sold already: what it gains, and what its variants are then.

/** An option with its values in their order: Size with S, M and L. */
export interface OptionValues {
  name: string
  values: string[]
}

/** The most variants that one product can have. */
export const MAX_VARIANTS = 100

interface Known {
  id: number
  optionValues: readonly string[]
}

export interface MoreVariants {
  options: string[]
  /** The values of the variants that there are. */
  renamed: { id: number; values: string[] }[]
  /** The values of new variants. */
  added: string[][]
}

/**
 * A line for each option, in the order of the product's: a name may be new, and values may be added. Further lines are new
 * options, whose first value the known variants get. Each combination with a new value becomes a variant.
 * @returns a sentence that says what is wrong, or null if nothing changes
 */
export function moreVariants(
  before: readonly OptionValues[],
  variants: readonly Known[],
  wanted: readonly OptionValues[],
): MoreVariants | string | null {
  if (JSON.stringify(before) === JSON.stringify(wanted)) return null
  if (wanted.length < before.length) return 'Options can’t be removed: variants that were sold have them.'
  for (const [index, { name, values }] of before.entries()) {
    const gone = values.find((value) => wanted[index]?.values.includes(value) !== true)
    if (gone !== undefined)
      return `“${gone}” of ${name} can’t be removed. Take its variants off sale instead, in the list of variants.`
  }
  const extra = wanted.slice(before.length).map(({ values }) => values[0] ?? '')
  const renamed = variants.map(({ id, optionValues }) => ({ id, values: [...optionValues, ...extra] }))
  const isNew = (values: readonly string[]) =>
    values.some(
      (value, index) =>
        before[index]?.values.includes(value) !== true && value !== extra[index - before.length],
    )
  const added = combinations(wanted).filter(isNew)
  if (variants.length + added.length > MAX_VARIANTS)
    return `These options make ${variants.length + added.length} variants. A product can have up to ${MAX_VARIANTS}.`
  return { options: wanted.map(({ name }) => name), renamed, added }
}

function combinations(options: readonly OptionValues[]): string[][] {
  return options.reduce<string[][]>(
    (found, { values }) => found.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  )
}
