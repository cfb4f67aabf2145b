// Chooses the locale in which amounts are written.
import type { Session } from '../wire.js'

/** The languages of Stripe's pay page. The sandbox's page is in English, with amounts as these languages write them. */
const LANGUAGES = new Set(
  'bg cs da de el en es et fi fil fr hi hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh'.split(
    ' ',
  ),
)

const MOST_TAGS = 20

/** The session's locale, or the first of the visitor's languages that is in the list. */
export function amountLocale({ locale }: Session, acceptLanguage: string | undefined): string {
  return locale !== null && locale !== 'auto' ? locale : (accepted(acceptLanguage ?? '') ?? 'en-US')
}

/** `de-CH,de;q=0.9,en;q=0.8` → `de-CH`. Anything that is not a language tag is skipped. */
function accepted(header: string): string | undefined {
  const wishes = header
    .split(',')
    .slice(0, MOST_TAGS)
    .map((part) => {
      const [tag = '', weight] = part.split(/;\s*q=/)
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { tag } of wishes) {
    const locale = readTag(tag)
    if (locale && LANGUAGES.has(locale.language)) return locale.baseName
  }
  return undefined
}

function readTag(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag)
  } catch {
    return undefined
  }
}
