// English lists of words.
const format = new Intl.ListFormat('en', { type: 'conjunction' })

/** "size", "size and colour", "size, colour, and finish". */
export function list(words: readonly string[]): string {
  return format.format(words)
}
