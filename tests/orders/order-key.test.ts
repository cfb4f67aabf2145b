import { expect, it } from 'vitest'
import { isOrderKey, newOrderKey, orderNumber } from '../../src/orders/order-key.js'

it('new keys are valid and differ from each other', () => {
  const keys = Array.from({ length: 100 }, newOrderKey)
  expect(new Set(keys).size).toBe(100)
  expect(keys.every(isOrderKey)).toBe(true)
})

it.each([
  ['empty', 'ord_'],
  ['too short', `ord_${'a'.repeat(25)}`],
  ['too long', `ord_${'a'.repeat(27)}`],
  ['a letter that is easily misread', `ord_${'a'.repeat(25)}l`],
  ['a capital letter', `ord_${'a'.repeat(25)}A`],
  ['a space before it', ` ord_${'a'.repeat(26)}`],
  ['a line end', `ord_${'a'.repeat(26)}\n`],
  ['a number', 7],
  ['nothing', undefined],
])('rejects %s', (_what, text) => {
  expect(isOrderKey(text)).toBe(false)
})

it('the order number is the start of the key', () => {
  expect(orderNumber('ord_7f3k2m8qzzzzzzzzzzzzzzzzzz')).toBe('T-7F3K2M8Q')
})
