import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSettings } from '../../src/settings/read-settings.js'
import type { Settings } from '../../src/settings/settings.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const stored: Settings = {
  name: 'Mugs',
  supportEmail: null,
  companyLines: [],
  timeZone: 'UTC',
  language: 'en',
  promotionCodes: false,
  currency: 'usd',
  tax: 'none',
  pricesIncludeTax: false,
  taxIds: false,
  phoneNumbers: false,
  voucherDays: 3,
  returnDays: 14,
  eventDays: 90,
  mailDays: 365,
  guestCheckout: false,
  apiOrigins: [],
  pictureHosts: [],
  invoices: false,
  newOrderMails: false,
  termsUrl: null,
  termsVersion: null,
  accentLight: null,
  accentDark: null,
  logo: null,
  policies: [],
}

/** A database whose answers the test decides. */
async function openOn(answer: () => Promise<Settings>) {
  const find = vi.fn(answer)
  return { find, settings: await openSettings({ shop: { findUniqueOrThrow: find } } as never) }
}

it('are read again after half a second, once however many ask', async () => {
  let name = 'Mugs'
  const { find, settings } = await openOn(() => Promise.resolve({ ...stored, name }))
  name = 'Cups'
  expect((await settings()).name).toBe('Mugs')
  vi.advanceTimersByTime(500)
  const read = await Promise.all([settings(), settings(), settings()])
  expect(read.map((each) => each.name)).toEqual(['Cups', 'Cups', 'Cups'])
  expect(find).toHaveBeenCalledTimes(2)
})

it('are the last ones while the database fails or does not answer', async () => {
  let answer = () => Promise.resolve(stored)
  const { settings } = await openOn(() => answer())
  answer = () => Promise.reject(new Error('away'))
  vi.advanceTimersByTime(500)
  expect(await settings()).toEqual(stored)
  answer = () => new Promise(() => undefined)
  vi.advanceTimersByTime(500)
  const waiting = settings()
  await vi.advanceTimersByTimeAsync(200)
  expect(await waiting).toEqual(stored)
})

it('that do not open fail the start', async () => {
  await expect(openOn(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
})

it('a way to find tax that this release does not know counts as none', async () => {
  const { settings } = await openOn(() => Promise.resolve({ ...stored, tax: 'other' as 'none' }))
  expect((await settings()).tax).toBe('none')
})
