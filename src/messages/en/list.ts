// English lists of words.
const format = new Intl.ListFormat('en', { type: 'conjunction' })

/** "size", "size and color", "size, color, and finish". */
export function list(words: readonly string[]): string {
  return format.format(words)
}
