// Whatever order Stripe's news come in, however often, and cut into whatever sets: one history has one outcome.
import { it } from 'vitest'
import { checkInMemory } from './memory.js'

it('1000 histories: as they happened; shuffled, doubled, in sets', () => checkInMemory(1000))
