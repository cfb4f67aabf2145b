// Reads the API key of a request, and which account it belongs to.
import { derivedText } from '../state/identifiers.js'
import { StripeApiError } from './errors.js'

/** The account of an `Authorization` header. Every test key has an account of its own. */
export function authenticate(authorization: string | undefined): string {
  const key = keyOf(authorization)
  if (key === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    )
  }
  if (/^(sk|rk)_live_/.test(key)) {
    throw unauthorized(
      'This is the sandbox, and you sent a live key. It was neither used nor stored. Use a test key (sk_test_…), and roll the live key if you did not mean to send it.',
    )
  }
  if (key.startsWith('pk_')) {
    throw unauthorized(
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      'secret_key_required',
    )
  }
  if (!/^(sk|rk)_test_\w+$/.test(key)) throw unauthorized(`Invalid API Key provided: ${masked(key)}`)
  return accountOfKey(key)
}

export function accountOfKey(key: string): string {
  return `acct_1${derivedText(key, 15)}`
}

function keyOf(authorization: string | undefined): string {
  const [scheme = '', credentials = ''] = (authorization ?? '').trim().split(/\s+/)
  if (/^bearer$/i.test(scheme)) return credentials
  if (/^basic$/i.test(scheme)) return Buffer.from(credentials, 'base64').toString().split(':')[0] ?? ''
  return ''
}

function masked(key: string): string {
  if (key.length <= 8) return '*'.repeat(key.length)
  const [, prefix = ''] = /^((?:[a-z]+_){0,2})/.exec(key) ?? []
  const hidden = Math.max(key.length - prefix.length - 4, 4)
  return `${prefix}${'*'.repeat(Math.min(hidden, 24))}${key.slice(-4)}`
}

function unauthorized(message: string, code?: string): StripeApiError {
  return new StripeApiError(401, { type: 'invalid_request_error', message, code })
}
