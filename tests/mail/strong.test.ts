// Bold values in a sentence of an HTML mail.
import { describe, expect, it } from 'vitest'
import { strong, unbroken } from '../../src/mail/render-mail.js'

describe('strong', () => {
  it.each([
    ['You paid $5.00.', ['$5.00'], 'You paid <strong>$5.00</strong>.'],
    ['A & B', ['B'], 'A &amp; <strong>B</strong>'],
    ['1 × <b>', ['1 × <b>'], '<strong>1 × &lt;b&gt;</strong>'],
    [
      '1 × Lamp shade and 1 × Lamp',
      ['1 × Lamp shade', '1 × Lamp'],
      '<strong>1 × Lamp shade</strong> and <strong>1 × Lamp</strong>',
    ],
    ['1 × Mug and 1 × Mug', ['1 × Mug', '1 × Mug'], '<strong>1 × Mug</strong> and <strong>1 × Mug</strong>'],
    ['Respond by Friday.', [null], 'Respond by Friday.'],
  ])('%s with %j', (sentence, values, html) => {
    expect(strong(sentence, ...values)).toBe(html)
  })
})

it('a number in a sentence is not broken into two lines', () => {
  expect(unbroken('Order T-1 & more', 'T-1')).toBe(
    'Order <span style="white-space:nowrap;">T-1</span> &amp; more',
  )
})
