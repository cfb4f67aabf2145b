import type { Request } from 'express'
import { describe, expect, it } from 'vitest'
import { isFromThisMachine, isOnThisMachine } from '../../src/http/same-machine.js'

function requestFrom(remoteAddress: string, headers: Record<string, string> = {}): Request {
  return { socket: { remoteAddress }, get: (name: string) => headers[name] } as unknown as Request
}

describe('a request from this machine', () => {
  it.each([
    ['127.0.0.1', {}, true],
    ['127.8.9.1', {}, true],
    ['::1', {}, true],
    ['::ffff:127.0.0.1', {}, true],
    ['10.0.0.1', {}, false],
    ['::ffff:10.0.0.1', {}, false],
    ['::12', {}, false],
    ['', {}, false],
    ['127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, false],
    ['127.0.0.1', { forwarded: 'for=203.0.113.9' }, false],
    ['127.0.0.1', { 'x-forwarded-for': '' }, false],
  ])('%s %j: %s', (address, headers, expected) => {
    expect(isFromThisMachine(requestFrom(address, headers))).toBe(expected)
  })

  it.each([
    ['localhost:3000', true],
    ['LOCALHOST', true],
    ['127.0.0.1', true],
    ['[::1]:3000', true],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['shop.example', false],
    ['', false],
  ])('with Host %j is addressed to this machine: %s', (host, expected) => {
    expect(isOnThisMachine(requestFrom('127.0.0.1', { host }))).toBe(expected)
    expect(isOnThisMachine(requestFrom('10.0.0.1', { host }))).toBe(false)
  })
})
