// Checking URLs that customers are sent to.
import { invalidRequest } from '../api/errors.js'

/** Returns the URL. Throws if it is not a valid HTTP or HTTPS URL. */
export function checkUrl(url: string, param: string): string {
  const filled = url.replaceAll('{CHECKOUT_SESSION_ID}', 'id')
  if (!/^[a-z][a-z0-9+.-]*:/i.test(filled)) {
    throw invalidRequest(
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      param,
      'url_invalid',
    )
  }
  // Other schemes (javascript:, data:) could run code in the sandbox's own pages.
  if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled))
    throw invalidRequest('Not a valid URL', param, 'url_invalid')
  return url
}
