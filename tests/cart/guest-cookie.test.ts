import type { Request, Response } from 'express'
import { describe, expect, it, vi } from 'vitest'
import { guestCookie, hashGuestToken, newGuestToken } from '../../src/cart/guest-cookie.js'

const token = newGuestToken()
const requestWith = (cookie: string | undefined) => ({ get: () => cookie }) as unknown as Request

describe('the guest’s cookie', () => {
  it.each([
    ['none', undefined, null],
    ['alone', `till-cart=${token}`, token],
    ['between others', `a=1; till-cart=${token}; b=2`, token],
    ['of another name that ends alike', `my-till-cart=${token}`, null],
    ['too short', `till-cart=${token.slice(1)}`, null],
    ['too long', `till-cart=${token}x`, null],
    ['with other characters', `till-cart=${token.slice(1)}%`, null],
    ['of a shop with HTTPS', `__Host-till-cart=${token}`, null],
  ])('%s', (_what, cookie, read) => {
    expect(guestCookie(false).read(requestWith(cookie))).toBe(read)
  })

  it('is for HTTPS alone where the shop has it', () => {
    const cookie = guestCookie(true)
    expect(cookie.read(requestWith(`__Host-till-cart=${token}`))).toBe(token)
    expect(cookie.read(requestWith(`till-cart=${token}`))).toBeNull()
    const set = vi.fn()
    cookie.keep({ cookie: set } as unknown as Response, token)
    expect(set).toHaveBeenCalledWith(
      '__Host-till-cart',
      token,
      expect.objectContaining({
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        maxAge: 7_776_000_000,
      }),
    )
  })

  it('tokens are unguessable, and the table keeps a hash', () => {
    expect(newGuestToken()).toMatch(/^[\w-]{43}$/)
    expect(newGuestToken()).not.toBe(newGuestToken())
    expect(hashGuestToken(token)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashGuestToken(token)).toBe(hashGuestToken(token))
  })
})
