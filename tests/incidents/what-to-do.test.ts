import { expect, it } from 'vitest'
import { whatToDo } from '../../src/incidents/kinds.js'

it('an order paid twice has one payment refunded, which the command names', () => {
  expect(whatToDo({ kind: 'paid_twice', subject: 'cs_one cs_two' })).toMatch(
    /npm run orders -- refund cs_two$/,
  )
})
