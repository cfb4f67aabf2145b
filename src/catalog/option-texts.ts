// Options as an operator types them: one on each line, "Size: S, M, L".
import type { OptionValues } from './more-variants.js'

const MOST_OPTIONS = 3
const LONGEST = 60

/** @returns the options, or a sentence that says what is wrong */
export function readOptions(text: string): OptionValues[] | string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (lines.length > MOST_OPTIONS) return `A product can have up to ${MOST_OPTIONS} options.`
  const options: OptionValues[] = []
  for (const line of lines) {
    const [, name = '', list = ''] = /^([^:]+):(.*)$/.exec(line) ?? []
    const values = list
      .split(',')
      .map((value) => value.trim())
      .filter((value) => value !== '')
    if (name.trim() === '' || values.length === 0)
      return `“${line}” isn’t an option. Write its name and values, such as “Size: S, M, L”.`
    if ([name.trim(), ...values].some((one) => one.length > LONGEST))
      return `Names and values of options have at most ${LONGEST} characters.`
    if (new Set(values).size < values.length) return `“${name.trim()}” has a value twice.`
    options.push({ name: name.trim(), values })
  }
  if (new Set(options.map(({ name }) => name)).size < options.length) return 'Two options have the same name.'
  return options
}

/** The options of a product with the values of its variants. */
export function optionsOf(
  options: readonly string[],
  variants: readonly { optionValues: readonly string[] }[],
): OptionValues[] {
  return options.map((name, index) => ({
    name,
    values: [...new Set(variants.map(({ optionValues }) => optionValues[index] ?? ''))],
  }))
}

export function showOptions(options: readonly OptionValues[]): string {
  return options.map(({ name, values }) => `${name}: ${values.join(', ')}`).join('\n')
}

/** Each name and value of these options once, in their order. */
export function wordsOf(options: readonly OptionValues[]): string[] {
  return [...new Set(options.flatMap(({ name, values }) => [name, ...values]))]
}

/** What each of these words is called in another language, one on each line, "Red = Rot". After those without a name stands nothing. */
export function showOptionNames(words: readonly string[], names: Readonly<Record<string, string>>): string {
  return words.map((word) => `${word} = ${names[word] ?? ''}`.trim()).join('\n')
}

/**
 * The same, read. An empty name is none.
 * @returns a sentence that says what is wrong
 */
export function readOptionNames(text: string, words: readonly string[]): Record<string, string> | string {
  const names: Record<string, string> = {}
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (line === '' || line.endsWith('=')) continue
    const named = words.filter((word) => line.startsWith(word) && /^\s*=/.test(line.slice(word.length)))
    const word = named.reduce((longest, one) => (one.length > longest.length ? one : longest), '')
    if (word === '')
      return `“${line}” names no option or value of this product. Write it such as “Red = Rot”.`
    const name = line.slice(word.length).replace(/^\s*=/, '').trim()
    if (name.length > LONGEST) return `Names and values of options have at most ${LONGEST} characters.`
    if (name !== '') names[word] = name
  }
  return names
}
