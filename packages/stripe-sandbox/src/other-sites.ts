// Refuses what pages of other sites could do in a developer's browser: drive the API with a key in the address, press the
// panel's buttons, or read answers by DNS rebinding. SDKs, curl and the CLI send none of the headers that are judged here.
import type { IncomingMessage } from 'node:http'

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Why a request is refused, or null.
 *
 * @param allowedHosts host names to answer to, besides loopback ones
 * @param mayRead whether other sites may link to what is read: to the pages, not to the API
 */
export function refusalOf(
  request: IncomingMessage,
  allowedHosts: readonly string[],
  mayRead: boolean,
): string | null {
  const { host = '', origin } = request.headers
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (![...LOOPBACK_NAMES, ...allowedHosts].includes(name)) {
    return `This sandbox is only for this machine. It does not answer to the host name "${name}". If that name leads to it on purpose, allow it with --allow-host ${name}.`
  }
  if (mayRead && (request.method === 'GET' || request.method === 'HEAD')) return null
  const site = request.headers['sec-fetch-site']
  const isOwn =
    (site === undefined || site === 'same-origin' || site === 'none') &&
    (origin === undefined || isOriginOf(origin, host))
  return isOwn ? null : 'This request came from another site and was refused.'
}

function isOriginOf(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
