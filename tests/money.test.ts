import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as sandbox from '../packages/stripe-sandbox/src/money/currencies.js'
import {
  checkAmount,
  formatMoney,
  isCurrency,
  largestTotal,
  MoneyError,
  parseMoney,
  ruleOf,
  toDecimal,
} from '../src/money.js'

describe('amounts in Stripe’s minor units', () => {
  it.each([
    [4800, 'usd', '48.00', '$48.00'],
    [5, 'usd', '0.05', '$0.05'],
    [123456789, 'usd', '1234567.89', '$1,234,567.89'],
    [6800, 'jpy', '6800', '¥6,800'],
    [12900, 'eur', '129.00', '€129.00'],
    [12340, 'kwd', '12.340', 'KWD 12.340'],
    [50000, 'isk', '500.00', 'ISK 500'],
    [350000, 'ugx', '3500.00', 'UGX 3,500'],
    [17500, 'huf', '175.00', 'HUF 175.00'],
    [-250, 'usd', '-2.50', '-$2.50'],
  ])('%i %s is %s, shown as %s', (amount, currency, decimal, shown) => {
    expect(toDecimal(amount, currency)).toBe(decimal)
    expect(formatMoney(amount, currency).replace(/\u00a0/g, ' ')).toBe(shown)
  })

  it.each([
    ['19.99', 'usd', 1999],
    ['19.9', 'usd', 1990],
    ['1290', 'usd', 129000],
    ['6800', 'jpy', 6800],
    ['1.234', 'kwd', 1234],
  ])('parses %s %s', (text, currency, amount) => {
    expect(parseMoney(text, currency)).toBe(amount)
  })

  it.each([
    ['19.999', 'usd'],
    ['6800.5', 'jpy'],
    ['-1', 'usd'],
    ['1e3', 'usd'],
    ['1,000', 'usd'],
    ['', 'usd'],
    ['.5', 'usd'],
  ])('refuses to parse %s %s', (text, currency) => {
    expect(() => parseMoney(text, currency)).toThrow(MoneyError)
  })

  it('parses what it formats, for every number of decimals', () => {
    const currency = fc.constantFrom('usd', 'jpy', 'kwd', 'isk')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), currency, (amount, code) => {
        expect(parseMoney(toDecimal(amount, code), code)).toBe(amount)
      }),
    )
  })

  it.each([
    [0, 'usd'],
    [-1, 'usd'],
    [1.5, 'usd'],
    [100_000_000, 'usd'],
    [Number.NaN, 'usd'],
    [1005, 'kwd'],
    [50050, 'isk'],
    [100, 'xxx'],
    [100, 'USD'],
  ])('refuses to charge %d %s', (amount, currency) => {
    expect(() => checkAmount(amount, currency)).toThrow(MoneyError)
  })

  it.each([
    [999_999_999_999, 'idr'],
    [9_999_999_999, 'cop'],
    [999_999_999, 'inr'],
    [99_999_999, 'xcg'],
    [20_050, 'huf'],
    [10_050, 'twd'],
    [500, 'isk'],
    [5120, 'kwd'],
  ])('can charge %d %s', (amount, currency) => {
    expect(checkAmount(amount, currency)).toBe(amount)
  })

  it.each([
    [1_000_000_000_000, 'idr'],
    [10_000_000_000, 'cop'],
    [1_000_000_000, 'inr'],
    [100_000_000, 'huf'],
  ])('refuses to charge %d %s: it is above the maximum', (amount, currency) => {
    expect(() => checkAmount(amount, currency)).toThrow('maximum')
  })

  it('an order’s total is at most what Stripe charges and the database holds', () => {
    expect(['usd', 'jpy', 'inr', 'idr', 'cop'].map(largestTotal)).toEqual([
      99_999_999, 99_999_999, 999_999_999, 2_147_483_647, 2_147_483_647,
    ])
  })

  it('accepts lower-case currency codes only', () => {
    expect(['usd', 'jpy', 'kwd', 'xyz', 'toString'].map(isCurrency)).toEqual([true, true, true, false, false])
  })
})

describe('the rules of a currency', () => {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz')
  const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))

  it('exist for the currencies that the sandbox has', () => {
    expect(codes.filter(isCurrency)).toEqual([...sandbox.CURRENCY_CODES].sort())
    expect(sandbox.CURRENCY_CODES.length).toBeGreaterThan(135)
  })

  it.each(codes.filter(isCurrency))('of %s are those of the sandbox', (code) => {
    const { decimals, step, minimum, maximum } = ruleOf(code)
    expect({ decimals, step, minimum, maximum }).toEqual({
      decimals: sandbox.decimalsOf(code),
      step: sandbox.amountGranularity(code),
      // Without a minimum of its own, the sandbox accepts any amount above zero: the smallest is one step.
      minimum: Math.max(sandbox.minimumCharge(code).amount, sandbox.amountGranularity(code)),
      maximum: sandbox.maximumCharge(code),
    })
  })
})
