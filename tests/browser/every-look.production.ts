// Every page with axe, in every state, theme and size.
import { it } from 'vitest'
import { adminTour } from './admin-tour.js'
import { expectNoProblems, type Look } from './axe.js'
import { afterPayment, delivery, guests, mails, tours } from './tour.js'
import { useVisitors } from './visitors.js'

const visitors = useVisitors()

const looksAt = (number: number): Look[] => [
  { size: 'desktop', colorScheme: 'light' },
  { size: 'phone', colorScheme: 'light' },
  // Light and dark differ in colors only, which are the same at every size.
  { size: number % 2 === 0 ? 'desktop' : 'phone', colorScheme: 'dark', onlyColors: true },
]

it('every page of the shop passes axe', async (test) => {
  // The last ones change the settings.
  await expectNoProblems(test, visitors, [...tours, delivery, guests, afterPayment, mails], looksAt, 50)
}, 900_000)

it('every page of the admin passes axe', async (test) => {
  await expectNoProblems(test, visitors, [adminTour], looksAt, 40)
}, 900_000)
