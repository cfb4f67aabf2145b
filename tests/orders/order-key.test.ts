import { expect, it } from 'vitest'
import { isOrderKey, newOrderKey, orderNumber } from '../../src/orders/order-key.js'

it('every new key is another, and is one', () => {
  const keys = Array.from({ length: 100 }, newOrderKey)
  expect(new Set(keys).size).toBe(100)
  expect(keys.every(isOrderKey)).toBe(true)
})

it.each([
  ['ord_', 'empty'],
  [`ord_${'a'.repeat(25)}`, 'too short'],
  [`ord_${'a'.repeat(27)}`, 'too long'],
  [`ord_${'a'.repeat(25)}l`, 'a letter that is easily misread'],
  [`ord_${'a'.repeat(25)}A`, 'a capital letter'],
  [` ord_${'a'.repeat(26)}`, 'with a space'],
  [`ord_${'a'.repeat(26)}\n`, 'with a line end'],
  [7, 'a number'],
  [undefined, 'nothing'],
])('%j is no key: %s', (text) => {
  expect(isOrderKey(text)).toBe(false)
})

it('the number to quote is the start of the key', () => {
  expect(orderNumber('ord_7f3k2m8qzzzzzzzzzzzzzzzzzz')).toBe('T-7F3K2M8Q')
})
