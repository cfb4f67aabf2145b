import { expect, it } from 'vitest'
import { canonicalEmail, shownEmail } from '../../src/accounts/email-address.js'

it.each([
  ['Grace@Shopper.Example ', 'grace@shopper.example'],
  ['user&co@shop.example', 'user&co@shop.example'],
  ['a/b=c@shop.example', 'a/b=c@shop.example'],
  ["!#$%&'*+-/=?^_`{|}~@shop.example", "!#$%&'*+-/=?^_`{|}~@shop.example"],
  ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@bu\u0308cher.example', 'ada@xn--bcher-kva.example'],
  ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
  ['ada@例え。テスト', 'ada@xn--r8jz45g.xn--zckzah'],
  ['JOSÉ@shop.example', 'josé@shop.example'],
  ['jose\u0301@shop.example', 'josé@shop.example'],
  ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
  ['first.last+tag@mail.shop.example', 'first.last+tag@mail.shop.example'],
])('%s is %s', (typed, canonical) => {
  expect(canonicalEmail(typed)).toBe(canonical)
  expect(canonicalEmail(canonical)).toBe(canonical)
})

it.each([
  'nobody',
  '@shop.example',
  'ada@',
  'ada@shop',
  'ada@@shop.example',
  'ada lovelace@shop.example',
  '.ada@shop.example',
  'ada..l@shop.example',
  'ada@-shop.example',
  'ada@shop..example',
  'ada@127.0.0.1',
  'ada@[127.0.0.1]',
  'ada@sh%6fp.example',
  'ada@shop.example/x',
  'ada@shop.example\r\nBcc: eve@evil.example',
  'ada<eve@shop.example',
  'erased-7@Erased.invalid',
  `${'x'.repeat(250)}@shop.example`,
  `${'é'.repeat(130)}@shop.example`,
])('%s is not an address', (typed) => {
  expect(canonicalEmail(typed)).toBeNull()
})

it.each([
  ['ada@xn--bcher-kva.example', 'ada@bücher.example'],
  ['用户@xn--fsqu00a.xn--4rr70v', '用户@例子.广告'],
  ['ada@shop.example', 'ada@shop.example'],
  ['', ''],
])('%s is shown as %s', (stored, shown) => {
  expect(shownEmail(stored)).toBe(shown)
})
