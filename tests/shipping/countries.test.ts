import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../../src/config.js'
import { byName, COUNTRIES, countryName } from '../../src/shipping/countries.js'

const REFUSED = 'AS CX CC CU HM IR KP MH FM NF MP PW SY UM VI'.split(' ')

it('are those that Stripe’s library allows, except its code for an unknown one', () => {
  const types = readFileSync(
    path.join(projectRoot, 'node_modules/stripe/esm/resources/Checkout/Sessions.d.ts'),
    'utf8',
  )
  const allowed = /type AllowedCountry = ([^;]+);/.exec(types)?.[1]?.match(/\b[A-Z]{2}\b/g) ?? []
  expect(allowed.length).toBeGreaterThan(200)
  expect([...COUNTRIES].sort()).toEqual(allowed.filter((code) => code !== 'ZZ').sort())
  for (const code of REFUSED) expect(COUNTRIES.has(code)).toBe(false)
})

it('have names, by which they are sorted', () => {
  expect(countryName('DE')).toBe('Germany')
  expect(countryName('XK')).toBe('Kosovo')
  expect(countryName('not a code')).toBe('not a code')
  expect(byName(['US', 'DE', 'AX', 'AT'])).toEqual(['AX', 'AT', 'DE', 'US'])
  expect([...COUNTRIES].filter((code) => countryName(code) === code)).toEqual([])
})
