// The texts people read, by language and key. A second language is a file beside en/ of the same type.
import { en } from './en/index.js'

export type { Findable } from './en/errors.js'
export type Messages = typeof en

/** The texts in the language of the shop. Call it when a text is needed, not when a module is loaded. */
export function t(): Messages {
  return en
}
