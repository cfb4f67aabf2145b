import { expect, it } from 'vitest'
import { expectedBy } from '../../src/orders/expected-by.js'

const FRIDAY = new Date('2026-11-27T23:00:00Z')
const closed = { status: 'expired', processingAt: new Date('2026-01-01T00:00:00Z') }

it.each([
  ['no attempt', [], null],
  ['no payment on its way', [closed], null],
  ['a payment on its way', [{ status: 'processing', processingAt: FRIDAY }], '2026-12-04T23:00:00.000Z'],
  [
    'a payment on its way and an older attempt',
    [closed, { status: 'processing', processingAt: FRIDAY }],
    '2026-12-04T23:00:00.000Z',
  ],
  ['a payment on its way since an unknown time', [{ status: 'processing', processingAt: null }], null],
])('%s', (_what, attempts, day) => {
  expect(expectedBy(attempts)?.toISOString() ?? null).toBe(day)
})
