// Which proxies in front of the shop are believed about where a request comes from.
import { isIP } from 'node:net'

/** Turns the words of TRUST_PROXY into Express's `trust proxy`. */
export function trustProxy(text: string): boolean | number | string {
  if (/^(off|false|0|no)$/i.test(text)) return false
  if (/^\d+$/.test(text)) return Number(text)
  if (/^(on|true|yes)$/i.test(text)) return 1
  return text
}

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal']

/** Whether Express accepts the value. Express itself throws an error that does not name the setting. */
export function isTrustProxy(value: boolean | number | string): boolean {
  if (typeof value !== 'string') return true
  const networks = value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  return networks.length > 0 && networks.every((text) => NAMED_NETWORKS.includes(text) || isNetwork(text))
}

/** An IP address or a network in CIDR notation: 10.0.0.1, 10.1.0.0/16, fd00::/8. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const maxBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  if (maxBits === 0 || more.length > 0) return false
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= maxBits)
}
