// What the values of settings may be, as the words of a command or a form say them.
import { z } from 'zod'
import { accentProblem, colorOf, type Scheme } from './colors.js'

export const oneLine = (what: string, max: number) =>
  z
    .array(z.string())
    .transform((words) => words.join(' ').normalize('NFC').trim())
    .pipe(z.string().min(1, `needs ${what}`).max(max, `has at most ${max} characters`))
    .refine((text) => !/\p{Cc}/u.test(text), 'is one line without control characters')

export const onOff = z
  .array(z.string())
  .transform((words) => words.join(' ').toLowerCase())
  .pipe(z.enum(['on', 'off'], 'is on or off'))
  .transform((word) => word === 'on')

export const showOnOff = (value: boolean) => (value ? 'on' : 'off')

/** The name of a host, with its port if that is not the usual one. */
export const HOST =
  /^(?=[^:]{1,253}(:|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])(:\d{1,5})?$/

/** A whole number of days. */
export function days({ min, max }: { min: number; max: number }) {
  return z
    .array(z.string())
    .transform((words) => Number(words.join(' ').trim() || NaN))
    .pipe(
      z
        .int(`is a whole number of days from ${min} to ${max}`)
        .min(min, `is at least ${min} days`)
        .max(max, `is at most ${max} days`),
    )
}

/** A color that is readable in a scheme, or none. */
export function accent(scheme: Scheme) {
  return oneLine('a color', 60).transform((text, context) => {
    if (text.toLowerCase() === 'none') return null
    const color = colorOf(text)
    const problem = color === null ? 'is a color such as #0e5a45, or none' : accentProblem(color, scheme)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    return color
  })
}

/** The origin as browsers send it. Null for what is none, or is not safe. */
export function originOf(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.href !== `${url.origin}/` || /[*?#]/.test(text)) return null
  const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname)
  return url.protocol === 'https:' || isLocal ? url.origin : null
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
