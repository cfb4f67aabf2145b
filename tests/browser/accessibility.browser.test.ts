// The pages from the checkout to the paid order with axe. `npm run test:production` looks at all pages, in all ways.
import { it } from 'vitest'
import { expectNoProblems, type Look } from './axe.js'
import { delivery } from './tour.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** One for each page, in turn. */
const LOOKS: Look[] = [
  { size: 'desktop', colorScheme: 'light' },
  { size: 'phone', colorScheme: 'dark' },
  { size: 'phone', colorScheme: 'light' },
  { size: 'desktop', colorScheme: 'dark' },
]

it('the pages from the checkout to the paid order pass axe', async (test) => {
  const looksAt = (number: number) => [LOOKS[number % LOOKS.length] as Look]
  await expectNoProblems(test, visitors, [delivery], looksAt, 8)
}, 300_000)
