// The network that a request comes from, as limits count it.
import { createHash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

/**
 * An IPv4 address, or the /64 of an IPv6 address: a household or a rented server has all of a /64, so counting addresses
 * would limit nobody. IPv4 addresses written as IPv6 (::ffff:192.0.2.1) are IPv4.
 */
export function networkOf(ip: string | undefined): string {
  const address = (ip ?? '').replace(/%.*$/, '')
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return 'unknown'
  const groups = groupsOf(address)
  const [first, second] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped && first !== undefined && second !== undefined)
    return [first >> 8, first & 255, second >> 8, second & 255].join('.')
  if (groups.slice(0, 7).every((group) => group === 0)) return address
  const prefix = groups.slice(0, 4).map((group) => group.toString(16))
  return `${prefix.join(':')}::/64`
}

/**
 * A stand-in for the network, to be stored. Null for this machine: a shop that its own proxy's address reaches counts no
 * shoppers by network, because it would count all of them as one.
 */
export function networkKey(ip: string | undefined): string | null {
  const network = networkOf(ip)
  if (network === '::1' || network.startsWith('127.')) return null
  return createHash('sha256').update(network).digest('base64url')
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // URL writes an IPv4 ending as groups.
  const { hostname } = new URL(`http://[${address}]`)
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':').map((group) => parseInt(group, 16))))
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}
