import { describe, expect, it } from 'vitest'
import { loginHref, ownPath } from '../../src/accounts/next-path.js'

describe('the path to return to after signing in', () => {
  it.each(['/pricing', '/checkout/3?quantity=2', '/orders/ord_1', '/a?b=http://evil.example'])(
    'accepts %s',
    (path) => {
      expect(ownPath(path)).toBe(path)
    },
  )

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    'pricing',
    '',
    undefined,
    ['/pricing'],
    { path: '/pricing' },
    `/${'a'.repeat(1000)}`,
    '/..//evil.example',
  ])('rejects %j', (path) => {
    expect(ownPath(path)).toBe('')
  })

  it('is unchanged after a round trip through the sign-in link', () => {
    const url = new URL(loginHref('/checkout/3?quantity=2&x=ä'), 'http://shop.example')
    expect(ownPath(url.searchParams.get('next'))).toBe('/checkout/3?quantity=2&x=%C3%A4')
  })
})
