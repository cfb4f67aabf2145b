import { it } from 'vitest'
import { expectNoProblems, type Look } from './axe.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

/** One for each page, in turn. `npm run test:production` looks at every page in all ways. */
const LOOKS: Look[] = [
  { size: 'desktop', colorScheme: 'light' },
  { size: 'phone', colorScheme: 'dark' },
  { size: 'phone', colorScheme: 'light' },
  { size: 'desktop', colorScheme: 'dark' },
]

it('every page and state passes axe', async (test) => {
  await expectNoProblems(test, visitors, (number) => [LOOKS[number % LOOKS.length] as Look])
}, 600_000)
