import type { Request, Response } from 'express'
import { describe, expect, it, vi } from 'vitest'
import { guestCookie } from '../../src/cart/guest-cookie.js'
import { hashToken, newToken } from '../../src/http/random-token.js'

const token = newToken()
const requestWith = (cookie: string | undefined) => ({ get: () => cookie }) as unknown as Request

describe('the guest cart cookie', () => {
  it.each([
    ['missing', undefined, null],
    ['alone', `till-cart=${token}`, token],
    ['between others', `a=1; till-cart=${token}; b=2`, token],
    ['with a longer name', `my-till-cart=${token}`, null],
    ['too short', `till-cart=${token.slice(1)}`, null],
    ['too long', `till-cart=${token}x`, null],
    ['with other characters', `till-cart=${token.slice(1)}%`, null],
    ['of a shop that uses HTTPS', `__Host-till-cart=${token}`, null],
  ])('%s', (_what, cookie, read) => {
    expect(guestCookie(false).read(requestWith(cookie))).toBe(read)
  })

  it('has the __Host- prefix and is secure when the shop uses HTTPS', () => {
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

  it('tokens are random, and only their hash is stored', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/)
    expect(newToken()).not.toBe(newToken())
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashToken(token)).toBe(hashToken(token))
  })
})
