// The texts people read, in the language of whoever reads them.
import { AsyncLocalStorage } from 'node:async_hooks'
import { de } from './de/index.js'
import { en, type Messages } from './en/index.js'

export type { Findable } from './en/errors.js'
export type { Messages }

/** A further language is a folder beside en/ and a line here. */
export const MESSAGES = { en, de } satisfies Record<string, Messages>

/** As in addresses and in the `lang` of pages: "de". */
export type Language = keyof typeof MESSAGES
export const LANGUAGES = Object.keys(MESSAGES) as Language[]

/** Of whoever runs the shop: the admin, commands, and mail to operators. */
export const OPERATORS_LANGUAGE: Language = 'en'

const reading = new AsyncLocalStorage<Language>()
let usual: Language = 'en'

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some((language) => language === text)
}

/** Sets the language of everything in this process that nobody has chosen another for. */
export function speakUsually(language: Language): void {
  usual = language
}

/** The shop's own language. Its pages have no language in their address. */
export function usualLanguage(): Language {
  return usual
}

/** The language of the request or mail at hand. */
export function currentLanguage(): Language {
  return reading.getStore() ?? usual
}

/** Does the work, with all that it waits for, in this language. */
export function withLanguage<Result>(language: Language, work: () => Result): Result {
  // The usual case, which is spared the cost of a context.
  return language === currentLanguage() ? work() : onlyIn(language, work)
}

/** The same for a whole program, which reads later which language is the usual one. */
export function onlyIn<Result>(language: Language, work: () => Result): Result {
  return reading.run(language, work)
}

/** The texts in the current language. Call it when a text is needed, not when a module is loaded. */
export function t(): Messages {
  return MESSAGES[currentLanguage()]
}
