// All languages say the same: with the same values in it, and nothing left in another language.
import { describe, expect, it } from 'vitest'
import { developmentMail } from '../../src/messages/en/development-mail.js'
import { operatorMails } from '../../src/messages/en/operator-mails.js'
import { LANGUAGES, MESSAGES, type Language } from '../../src/messages/index.js'

type Text = string | ((...values: unknown[]) => string)

/** English in every language: what operators and developers read. */
const ENGLISH = new Set(
  [...Object.keys(operatorMails), ...Object.keys(developmentMail)].map((key) => `mail.${key}`),
)
const isEnglish = (key: string) =>
  key.startsWith('operators.') || [...ENGLISH].some((one) => `${key}.`.startsWith(`${one}.`))

/** Words that are the same in both, and texts that are hardly more than their values. */
const SAME: Record<string, readonly string[]> = {
  de: [
    'accounts.name',
    'accounts.code',
    'catalog.sorts.name',
    'frame.api',
    'orders.page.status',
    'orders.shipment.carrier',
    'orders.shipment.line',
    'orders.page.news',
    'cart.checkOutContext',
    'orders.labelWithNote',
    'retention.period',
    // Brands.
    ...['link', 'paypal', 'ideal', 'eps', 'p24', 'boleto', 'oxxo', 'konbini', 'multibanco'].map(
      (method) => `orders.paymentMethods.types.${method}`,
    ),
  ],
}

function textsOf(language: Language): Map<string, Text> {
  const texts = new Map<string, Text>()
  const walk = (value: unknown, key: string) => {
    if (typeof value === 'string' || typeof value === 'function') texts.set(key, value as Text)
    else
      for (const [name, inner] of Object.entries(value as object))
        walk(inner, key === '' ? name : `${key}.${name}`)
  }
  walk(MESSAGES[language], '')
  return texts
}

/** Values that can be found again in a text, of every type that a text may take. */
const values = (index: number): unknown[] => [
  `zz${index}zz`,
  7000 + index,
  [`zz${index}zz`],
  true,
  false,
  null,
]

function* combinations(count: number, from = 0): Generator<unknown[]> {
  if (from === count) yield []
  else
    for (const value of values(from)) for (const rest of combinations(count, from + 1)) yield [value, ...rest]
}

/** What a text says for these values. Null: it takes others. */
function said(text: Text, given: unknown[]): string | null {
  if (typeof text === 'string') return text
  try {
    const words: unknown = text(...given)
    return typeof words === 'string' ? words : null
  } catch {
    return null
  }
}

const marks = (words: string) =>
  new Set(words.match(/zz\dzz|7[.,]?00\d/g)?.map((mark) => mark.replace(/[.,]/, '')))

const english = textsOf('en')
describe.each(LANGUAGES.filter((language) => language !== 'en'))('%s', (language) => {
  const texts = textsOf(language)

  it('has every text', () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, text] of texts) expect(typeof text, key).toBe(typeof english.get(key))
  })

  it('says every value that English says', () => {
    for (const [key, text] of english) {
      const other = texts.get(key) ?? ''
      if (typeof text === 'string') continue
      for (const given of combinations(Math.max(text.length, other.length))) {
        const [here, there] = [said(text, given), said(other, given)]
        if (here !== null && there !== null) expect(marks(there), `${key}: ${there}`).toEqual(marks(here))
      }
    }
  })

  it('has no English left', () => {
    const same = [...english].filter(([key, text]) => {
      const other = texts.get(key) ?? ''
      const given = Array.from({ length: other.length }, (_none, index) => values(index)[0])
      const words = said(text, given)
      return words === said(other, given) && words !== null && words !== ''
    })
    const allowed = SAME[language] ?? []
    expect(same.map(([key]) => key).filter((key) => !isEnglish(key) && !allowed.includes(key))).toEqual([])
  })
})
