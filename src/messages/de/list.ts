// German lists of words.
const format = new Intl.ListFormat('de', { type: 'conjunction' })

/** "Größe", "Größe und Farbe", "Größe, Farbe und Oberfläche". */
export function list(words: readonly string[]): string {
  return format.format(words)
}
