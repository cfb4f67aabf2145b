// Refuses passwords that attackers try first.

/** Loaded when the first password is chosen: it takes some 15 MB. */
let commonWords: Promise<Set<string>> | undefined

async function loadCommonWords(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'])
}

/**
 * Whether a password is common: on the list of passwords from leaks, also with digits and signs around it ("Sunshine2024!"),
 * the same word or letter again and again, or a row of neighbors ("0123456789").
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  commonWords ??= loadCommonWords()
  const common = await commonWords
  const lower = password.normalize('NFKC').toLowerCase().trim()
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  const [, repeated = ''] = /^(.+?)\1+$/su.exec(lower) ?? []
  return (
    [lower, core].some((word) => common.has(word)) ||
    (repeated !== '' && (repeated.length < 4 || common.has(repeated))) ||
    isRow(lower)
  )
}

/** Whether each character follows the one before it, up or down: "abcdefghij", "9876543210". */
function isRow(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  // In a row of digits, 0 comes after 9.
  const steps = codes.slice(1).map((code, index) => {
    const step = code - (codes[index] ?? 0)
    return Math.abs(step) === 9 && /^\d+$/.test(text) ? -Math.sign(step) : step
  })
  return steps.length > 0 && steps.every((step) => Math.abs(step) <= 1 && step === steps[0])
}

/** Whether a password is little more than one of these words: the shopper's name or address, or the shop's name. */
export function isPersonalPassword(password: string, words: readonly string[]): boolean {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '')
  const typed = plain(password)
  const withoutDigits = typed.replace(/^\p{N}+|\p{N}+$/gu, '')
  return words.map(plain).some((word) => word !== '' && [typed, withoutDigits].includes(word))
}
