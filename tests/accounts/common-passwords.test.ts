import { expect, it } from 'vitest'
import { isCommonPassword, isPersonalPassword } from '../../src/accounts/common-passwords.js'

it.each([
  '1234567890',
  'password123',
  'PassWord123',
  'qwertyuiop',
  'Sunshine2024!',
  '!!!letmein!!!',
  'passwordpassword',
  'aaaaaaaaaa',
  'abcabcabcabc',
  '0123456789',
  '9876543210',
  'abcdefghijkl',
  'ｐａｓｓｗｏｒｄ１２３',
])('%s is common', async (password) => {
  expect(await isCommonPassword(password)).toBe(true)
})

it.each([
  'a long enough password',
  'demo-till-2026',
  'correct horse battery staple',
  'vT9#kq2!xLp0',
  'größenwahn-am-see',
])('%s is not common', async (password) => {
  expect(await isCommonPassword(password)).toBe(false)
})

it('a password is personal when it is a name or an address, however it is spelled', () => {
  const words = ['ada.lovelace@shop.example', 'ada.lovelace', 'Ada Lovelace', 'Till']
  for (const password of ['AdaLovelace', 'ada-lovelace-1815', 'till2026', 'ada.lovelace@shop.example'])
    expect(isPersonalPassword(password, words), password).toBe(true)
  for (const password of ['ada lovelace wrote this', 'a long enough password', '-----'])
    expect(isPersonalPassword(password, words), password).toBe(false)
})
