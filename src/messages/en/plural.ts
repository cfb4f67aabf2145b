// English plurals.
const rules = new Intl.PluralRules('en')

/** The form that goes with a count: `plural(2, 'item', 'items')` is "items". */
export function plural(count: number, one: string, other: string): string {
  return rules.select(count) === 'one' ? one : other
}
