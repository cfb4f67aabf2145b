// A history has one outcome, however Stripe's reports are ordered, repeated and grouped into sets.
import { it } from 'vitest'
import { checkInMemory } from './memory.js'

it('1000 histories end as planned: in order, then shuffled, duplicated and in sets', () =>
  checkInMemory(1000))
