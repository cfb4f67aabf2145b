// The language of a request is the one in its address. What the visitor's browser would rather read is only suggested.
import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler, Response } from 'express'
import Negotiator from 'negotiator'
import {
  isLanguage,
  LANGUAGES,
  MESSAGES,
  OPERATORS_LANGUAGE,
  usualLanguage,
  withLanguage,
  type Language,
} from '../messages/index.js'
import { isWithoutLanguage, pathIn, prefixOf, splitPath } from './language-paths.js'

/** The language that the visitor has chosen. */
const COOKIE = 'language'
const COOKIE_DAYS = 365
const COOKIE_PATTERN = new RegExp(`(?:^|;\\s*)${COOKIE}=([a-z]+)(?:;|$)`)

/** Takes the language off the path, and answers in it. Mount it before everything that looks at paths. */
export function languages(): RequestHandler {
  return (request, response, next) => {
    const { language: named, path } = splitPath(request.originalUrl)
    if (named !== null && !isWithoutLanguage(path)) {
      if (named === usualLanguage() && ['GET', 'HEAD'].includes(request.method)) {
        response.redirect(302, path)
        return
      }
      request.url = path
      request.originalUrl = path
    }
    const language = /^\/(dev|operators)\b/i.test(request.path)
      ? OPERATORS_LANGUAGE
      : (named ?? usualLanguage())
    const suggested = suggestedLanguage(request, language)
    response.locals.suggestion = suggested && { language: suggested, ...MESSAGES[suggested].suggestion }
    const setLocation = response.location.bind(response)
    response.location = (address) => setLocation(pathIn(response.locals.language ?? usualLanguage(), address))
    answerIn(language, response, next)
  }
}

/** Goes on in this language. */
export function answerIn(language: Language, { locals }: Response, next: () => void): void {
  locals.language = language
  locals.t = MESSAGES[language]
  locals.languages = LANGUAGES.map((code) => ({
    code,
    name: MESSAGES[code].languageName,
    prefix: prefixOf(code),
  }))
  withLanguage(language, next)
}

/** Goes on in the request's language, after middleware that lost it with its callbacks. */
export const sameLanguage: RequestHandler = (_request, response, next) => {
  withLanguage(response.locals.language ?? usualLanguage(), next)
}

/** The language in which this request is answered: it is the first thing to know about a page that others are shown too. */
export function languageOf(path: string): Language {
  return splitPath(path).language ?? usualLanguage()
}

/**
 * The language to suggest: the one that the visitor has chosen, or that their browser prefers.
 * @param shown the language of the page
 * @returns null if it is this one, or not known
 */
export function suggestedLanguage(request: IncomingMessage, shown: Language): Language | null {
  const wanted = chosenLanguage(request) ?? preferredLanguage(request)
  return wanted === shown ? null : wanted
}

function chosenLanguage({ headers }: IncomingMessage): Language | null {
  const chosen = COOKIE_PATTERN.exec(headers.cookie ?? '')?.[1]
  return isLanguage(chosen) ? chosen : null
}

/** What browsers send, and what it means. There are few of them, and reading one takes far longer than finding it here. */
const known = new Map<string, Language | null>()
const MAX_KNOWN = 500

/** What the browser or program asks for, if the shop has it. */
export function preferredLanguage(request: IncomingMessage): Language | null {
  const accepted = request.headers['accept-language']
  if (accepted === undefined) return null
  let preferred = known.get(accepted)
  if (preferred === undefined) {
    const found = /^\s*\*/.test(accepted) ? undefined : new Negotiator(request).language(LANGUAGES)
    preferred = isLanguage(found) ? found : null
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(accepted, preferred)
  }
  return preferred
}

/** Keeps the visitor's choice, so that nothing else is suggested. */
export function rememberLanguage(response: Response, language: Language, secure: boolean): void {
  const maxAge = COOKIE_DAYS * 24 * 60 * 60 * 1000
  response.cookie(COOKIE, language, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge })
}

/** Where a form on this page leads back to: to the page, or to the one whose form has just been sent. */
export function pageToReturnTo(request: Request): string {
  if (['GET', 'HEAD'].includes(request.method)) return request.originalUrl
  const from = request.get('referer') ?? ''
  if (!URL.canParse(from)) return '/'
  const { host, pathname, search } = new URL(from)
  return host === request.get('host') ? splitPath(pathname + search).path : '/'
}
