import { expect, it } from 'vitest'
import { greetingName } from '../../src/accounts/greeting.js'

const verifiedAt = new Date()

it.each([
  'Ada Lovelace',
  'Seán O’Brien',
  "Seán O'Brien",
  'J. R. R. Tolkien',
  '山田 太郎',
  'Jean-Luc',
  'علی\u200cرضا',
])('%s is greeted by name, once the address is verified', (name) => {
  expect(greetingName({ name, verifiedAt })).toBe(name)
  expect(greetingName({ name, verifiedAt: null })).toBe('')
})

it.each([
  'You won! http://evil.example/prize',
  'visit evil.example',
  'WWW evil example',
  'evil．example',
  'call me@evil.example',
  'evil.example/x',
  'evil.\u2060example',
  'ev\u200bil\u200b.example',
  '192.0.2.1',
  'x'.repeat(61),
])('%s is left out of mail', (name) => {
  expect(greetingName({ name, verifiedAt })).toBe('')
})
