import { it } from 'vitest'
import { expectNoProblems } from './axe.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

it('every page passes axe in every state, theme and size', async (test) => {
  await expectNoProblems(test, visitors, (number) => [
    { size: 'desktop', colorScheme: 'light' },
    { size: 'phone', colorScheme: 'light' },
    // Light and dark differ in colors only, which are the same at every size.
    { size: number % 2 === 0 ? 'desktop' : 'phone', colorScheme: 'dark', onlyColors: true },
  ])
}, 300_000)
