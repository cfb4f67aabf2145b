// Whatever order Stripe's news come in, however often, and cut into whatever sets: one history has one outcome.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Report } from '../../src/payments/merge-report.js'
import { historyInMemory, MemoryShop, type History } from './memory.js'
import { anyPlan, outcomeOf } from './order-lives.js'
import { mixed, randomFrom } from './told.js'

function settled(history: History, sets: Report[][]): MemoryShop {
  const shop = new MemoryShop(history)
  for (const set of sets) shop.settle(set)
  return shop
}

it('2000 histories: as they happened; shuffled, doubled, in sets', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.nat(), async (plan, seed) => {
      const history = await historyInMemory(plan)
      const expected = outcomeOf(plan, history.order.names)
      const inOrder = settled(
        history,
        history.reports.map((report) => [report]),
      )
      expect(inOrder.outcome()).toEqual(expected)

      const random = randomFrom(seed)
      const anyhow = settled(history, mixed(history.reports, random, 8))
      expect(anyhow.outcome()).toEqual(expected)
      // And all that is known beyond the outcome, down to the times.
      expect(anyhow.knowledge()).toEqual(inOrder.knowledge())
    }),
    { numRuns: 2000 },
  )
})
