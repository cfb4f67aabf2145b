// Checks the shop's address from outside: that this shop answers there, and knows its shoppers by their own addresses.
import { PROBE_HEADER, PROBE_PATH, seenRequest, signProbe, type SeenRequest } from '../http/request-probe.js'
import { isLoopback, type Config } from '../config.js'
import { findingsOf, reasonOf, type Finding } from './finding.js'

const { ok, warning, fault } = findingsOf('address')

const ANSWER_MS = 10_000
/** An address for documentation, which is nobody's. Source: https://www.rfc-editor.org/rfc/rfc5737 */
const MADE_UP_ADDRESS = '192.0.2.77'

type AddressConfig = Pick<Config, 'baseUrl' | 'sessionSecrets'>

export async function checkAddress({ baseUrl, sessionSecrets }: AddressConfig): Promise<Finding[]> {
  const alive = await answerOf(`${baseUrl}/healthz`)
  if ('problem' in alive) return [unreachable(baseUrl, alive.problem)]
  const { response, text } = alive
  if (response.status >= 300 && response.status < 400)
    return [
      fault(
        `${baseUrl} redirects to ${response.headers.get('location') ?? 'another address'}.`,
        'Set BASE_URL to the address where it ends, or end the redirect in the proxy.',
      ),
    ]
  if (response.status !== 200 || !/"alive"/.test(text))
    return [
      fault(
        `${baseUrl}/healthz is answered with ${response.status}, and not by the shop.`,
        'Start the shop, and let the proxy pass every address of the host on to it.',
      ),
    ]
  return [...(await requestFindings(baseUrl, sessionSecrets[0] ?? '')), ...(await plainFindings(baseUrl))]
}

function unreachable(baseUrl: string, problem: string): Finding {
  if (/certificate|self.signed|altnames|expired/i.test(problem))
    return fault(
      `Browsers refuse the certificate of ${baseUrl}: ${problem}`,
      'Renew it, with its whole chain and the name in BASE_URL.',
    )
  return fault(
    `Nothing answers at ${baseUrl}: ${problem}`,
    'Start the shop and the proxy, and let the name in BASE_URL lead to the proxy. If only this machine can’t reach it, run the doctor on another.',
  )
}

/** How a request from outside looks to the shop. */
async function requestFindings(baseUrl: string, secret: string): Promise<Finding[]> {
  const headers = { [PROBE_HEADER]: signProbe(secret), 'X-Forwarded-For': MADE_UP_ADDRESS }
  const answer = await answerOf(`${baseUrl}${PROBE_PATH}`, headers)
  const seen = 'problem' in answer ? null : parsed(answer.text)
  if (seen === null)
    return [
      fault(
        `The shop at ${baseUrl} does not know our SESSION_SECRET: it is another shop, runs with other variables, or is an older release.`,
        'Run the doctor with the variables of the shop, and restart every process after changing them.',
      ),
    ]
  return [protocolFinding(baseUrl, seen), hostFinding(baseUrl, seen), addressFinding(seen)]
}

function protocolFinding(baseUrl: string, { protocol }: SeenRequest): Finding {
  const wanted = new URL(baseUrl).protocol.slice(0, -1)
  if (protocol === wanted)
    return ok(`The shop at ${baseUrl} is this one, and knows that it is reached by ${wanted}.`)
  return fault(
    `The shop takes requests to ${baseUrl} for ${protocol}, so nobody can sign in.`,
    'Let the proxy set X-Forwarded-Proto, and set TRUST_PROXY to the number of proxies (deploy/nginx/till.conf).',
  )
}

function hostFinding(baseUrl: string, { host }: SeenRequest): Finding {
  const wanted = new URL(baseUrl).host
  if (host === wanted) return ok(`The proxy passes the host on: ${host}.`)
  return warning(
    `The proxy passes another host on: ${host}, and not ${wanted}. Forms of older browsers are refused.`,
    'Let the proxy set Host to the one that was asked for: proxy_set_header Host $http_host;',
  )
}

function addressFinding({ ip, peer, forwardedFor }: SeenRequest): Finding {
  if (ip === MADE_UP_ADDRESS)
    return fault(
      'Anyone can choose the address that the shop sees, by sending X-Forwarded-For, and so get around its limits.',
      'Set TRUST_PROXY to the number of proxies that there really are (off for none), and let the outermost set X-Forwarded-For to the address that connects to it.',
    )
  const byProxies = forwardedFor.filter((address) => address !== MADE_UP_ADDRESS)
  if (byProxies.length > 0 && plain(ip) === plain(peer) && !byProxies.includes(ip))
    return fault(
      `The shop takes the proxy (${plain(peer)}) for the shopper, so all shoppers share the limits of one.`,
      'Set TRUST_PROXY to the number of proxies, such as 1.',
    )
  if (forwardedFor.length === 0 && isPrivate(plain(peer)))
    return warning(
      `Requests reach the shop from ${plain(peer)} without X-Forwarded-For: behind a proxy, all shoppers share the limits of one.`,
      'Let the proxy set it: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    )
  return ok(`The shop sees where requests come from: this one from ${plain(ip)}.`)
}

/** An IPv4 address that came by IPv6 is written as IPv4. */
const plain = (ip: string) => ip.replace(/^::ffff:/, '')

/** An address of this machine or of a private network, which no shopper has. */
function isPrivate(ip: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/i.test(ip)
}

/** Whether http leads to https. */
async function plainFindings(baseUrl: string): Promise<Finding[]> {
  const { protocol, hostname, port } = new URL(baseUrl)
  if (protocol !== 'https:' || port !== '' || isLoopback(hostname)) return []
  const address = `http://${hostname}/pricing`
  const answer = await answerOf(address)
  if ('problem' in answer) return [ok('Nothing answers without https.')]
  const { status, headers } = answer.response
  if (status >= 300 && status < 400 && (headers.get('location') ?? '').startsWith('https:'))
    return [ok('Requests without https are redirected.')]
  return [
    warning(
      `${address} is answered without https (${status}).`,
      'Let the proxy redirect it: return 301 https://$host$request_uri;',
    ),
  ]
}

type Answer = { response: Response; text: string } | { problem: string }

async function answerOf(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { Accept: 'application/json', ...headers },
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    return { response, text: await response.text() }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}

function parsed(text: string): SeenRequest | null {
  try {
    return seenRequest.parse(JSON.parse(text))
  } catch {
    return null
  }
}
