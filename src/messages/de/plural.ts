// German plurals.
const rules = new Intl.PluralRules('de')

/** The form that goes with a count: `plural(2, 'Artikel', 'Artikel')`. */
export function plural(count: number, one: string, other: string): string {
  return rules.select(count) === 'one' ? one : other
}
