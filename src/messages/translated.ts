// The owner's texts in the visitor's language, where the owner wrote them.
import { currentLanguage, LANGUAGES, usualLanguage, type Language } from './index.js'

/** The languages that texts can be translated to: all but the shop's own. */
export function otherLanguages(): Language[] {
  return LANGUAGES.filter((language) => language !== usualLanguage())
}

/** What is stored for a language. Undefined: nothing, or the text itself is in it. */
export function storedFor(translations: unknown, language: Language): unknown {
  if (language === usualLanguage() || typeof translations !== 'object' || translations === null)
    return undefined
  return (translations as Partial<Record<string, unknown>>)[language]
}

/**
 * A name in a language, or as the owner wrote it first.
 * @param translations by language: {"de": "Büro"}
 */
export function translatedName(
  { name, translations }: { name: string; translations: unknown },
  language: Language = currentLanguage(),
): string {
  const text = storedFor(translations, language)
  return typeof text === 'string' && text !== '' ? text : name
}

/** What is stored, with the text of one language replaced. Null: without it. */
export function withTranslation<Text>(
  translations: unknown,
  language: Language,
  text: Text | null,
): Record<string, Text> {
  const others = Object.entries((translations ?? {}) as Record<string, Text>).filter(
    ([code]) => code !== language,
  )
  return Object.fromEntries(text === null ? others : [...others, [language, text]])
}
