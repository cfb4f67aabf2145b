// Texts without case, accents and punctuation, as the database's function "plainText" makes them.

/** Letters that have no accent to take off. */
const LETTERS: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ı: 'i' }

/** "Rührlöffel" → "ruhrloffel" */
export function plainText(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]+/g, '')
    .replace(/[ßæœøłđı]/g, (letter) => LETTERS[letter] ?? letter)
}

/** A search has no more words than this: the others are left out. */
const MOST_WORDS = 12

/** The words that are looked for. Empty if there is no letter and no digit in the text. */
export function searchWords(text: string): string[] {
  return [...new Set(plainText(text).match(/[\p{L}\p{N}]+/gu))].slice(0, MOST_WORDS)
}
