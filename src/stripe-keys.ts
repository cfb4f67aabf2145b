// What is wrong with a key of Stripe that was pasted into the configuration.

/** What a key of Stripe looks like. */
interface KeyShape {
  /** "a secret key" */
  name: string
  begins: RegExp
  /** "sk_test_ or sk_live_" */
  with: string
  /** Characters after the beginning, at least. */
  length: number
}

export const SECRET_KEY: KeyShape = {
  name: 'a secret key',
  begins: /^(sk|rk)_(test|live)_/,
  with: 'sk_test_ or sk_live_ (rk_test_ or rk_live_ for a restricted key)',
  length: 8,
}
export const PUBLISHABLE_KEY: KeyShape = {
  name: 'a publishable key',
  begins: /^pk_(test|live)_/,
  with: 'pk_test_ or pk_live_',
  length: 8,
}
export const WEBHOOK_SECRET: KeyShape = {
  name: 'a signing secret',
  begins: /^whsec_/,
  with: 'whsec_. Separate several with commas',
  length: 16,
}

/** What is pasted by mistake, by its beginning. */
const OTHER_KEYS: [RegExp, string][] = [
  [/^pk_(test|live)_/, 'It is the publishable key'],
  [/^(sk|rk)_(test|live)_/, 'It is the secret key'],
  [/^whsec_/, 'It is the signing secret of a webhook endpoint'],
  [/^we_/, 'It is the id of the webhook endpoint; the endpoint’s page shows the secret'],
  [/^acct_/, 'It is the id of the account'],
]

/** What is wrong with a key, or null. It never repeats the key. */
export function keyProblem(key: string, shape: KeyShape): string | null {
  if (/\s/.test(key)) return 'has a space or a line break in it: paste the key alone.'
  if (/["'`“”‘’<>]/.test(key)) return 'has quotation marks or brackets around it: paste the key alone.'
  if (!shape.begins.test(key)) {
    const other = OTHER_KEYS.find(([begins]) => begins.test(key))
    return `is not ${shape.name}${other ? `. ${other[1]}` : ''}: use one that starts with ${shape.with}.`
  }
  const rest = key.replace(shape.begins, '')
  if (/[.…*•]/.test(rest)) return 'is shortened, as the dashboard shows it: reveal the whole key and copy it.'
  if (rest.length < shape.length) return 'is too short: a part of the key is missing. Copy all of it.'
  return /^\w+$/.test(rest) ? null : 'has characters that no key has: copy it again.'
}
