import { expect, it } from 'vitest'
import { networkKey, networkOf } from '../../src/http/network.js'

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '::1'],
  ['nonsense', 'unknown'],
  [undefined, 'unknown'],
])('%s belongs to %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network)
})

it('all addresses of a /64 are one network, and neighbors are another', () => {
  expect(networkOf('2001:db8::ffff:1')).toBe(networkOf('2001:db8:0:0:9::'))
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'))
})

it('this machine is no network to store', () => {
  for (const ip of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(networkKey(ip)).toBeNull()
  expect(networkKey('203.0.113.7')).toMatch(/^[\w-]{43}$/)
})
