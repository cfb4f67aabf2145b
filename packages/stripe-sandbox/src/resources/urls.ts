import { invalidRequest } from '../api/errors.js'

/** A URL that a customer can be sent to. */
export function checkUrl(url: string, param: string): string {
  const filled = url.replaceAll('{CHECKOUT_SESSION_ID}', 'id')
  if (!/^[a-z][a-z0-9+.-]*:/i.test(filled)) {
    throw invalidRequest(
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      param,
      'url_invalid',
    )
  }
  // Any other scheme (javascript:, data:) would run in the sandbox's own pages.
  if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled))
    throw invalidRequest('Not a valid URL', param, 'url_invalid')
  return url
}
