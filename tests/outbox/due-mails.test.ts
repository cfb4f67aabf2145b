// When a mail that could not be sent is tried again.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTry } from '../../src/outbox/due-mails.js'

const NOW = new Date('2026-11-25T12:00:00Z')
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it.each([
  [1, '2026-11-25T12:01:00Z'],
  [2, '2026-11-25T12:05:00Z'],
  [3, '2026-11-25T12:15:00Z'],
  [4, '2026-11-25T13:00:00Z'],
  [5, '2026-11-25T16:00:00Z'],
  [6, '2026-11-26T00:00:00Z'],
  [7, '2026-11-26T12:00:00Z'],
])('a mail whose attempt %i fails at noon is due again at %s', (attempts, dueAt) => {
  expect(nextTry({ attempts })).toEqual(new Date(dueAt))
})

it.each([8, 9])('a mail whose attempt %i fails is given up', (attempts) => {
  expect(nextTry({ attempts })).toBeNull()
})
