// Reads the settings, so that a change reaches every process within a second.
import type { PrismaClient } from '../generated/prisma/client.js'
import { formatDatesIn } from '../messages/format-date.js'
import { isLanguage, speakUsually } from '../messages/index.js'
import { isTimeZone } from './setting-values.js'
import type { Settings } from './settings.js'

/** Returns the settings as they were at most half a second ago. While the database does not answer, the last ones it gave. */
export type ReadSettings = () => Promise<Settings>

const MAX_AGE_MS = 500
/** A request waits no longer than this for a database that is slow or away. It continues with the last settings. */
const MAX_WAIT_MS = 200

const COLUMNS = {
  name: true,
  supportEmail: true,
  companyLines: true,
  timeZone: true,
  language: true,
  promotionCodes: true,
  currency: true,
  tax: true,
  pricesIncludeTax: true,
  taxIds: true,
  phoneNumbers: true,
  voucherDays: true,
  returnDays: true,
  eventDays: true,
  mailDays: true,
  guestCheckout: true,
  apiOrigins: true,
  pictureHosts: true,
  invoices: true,
  newOrderMails: true,
  termsUrl: true,
  termsVersion: true,
  accentLight: true,
  accentDark: true,
  logo: true,
  policies: true,
} as const satisfies Record<keyof Settings, true>

/**
 * Reads the settings, and returns a function that reads them again when they are older than half a second.
 * @throws when the first reading fails
 */
export async function openSettings(prisma: PrismaClient): Promise<ReadSettings> {
  let settings = await readSettings(prisma)
  let readAt = performance.now()
  let reading: Promise<void> | null = null
  return async () => {
    if (performance.now() - readAt >= MAX_AGE_MS) {
      reading ??= readSettings(prisma)
        .then(
          (read) => void (settings = read),
          // The request's own queries report a database that does not answer.
          () => undefined,
        )
        .finally(() => {
          readAt = performance.now()
          reading = null
        })
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS).unref())])
    }
    return settings
  }
}

/** Reads the settings from the database. */
export async function readSettings(prisma: Pick<PrismaClient, 'shop'>): Promise<Settings> {
  const row = await prisma.shop.findUniqueOrThrow({ where: { id: 1 }, select: COLUMNS })
  const settings: Settings = {
    ...row,
    tax: row.tax === 'stripe' ? 'stripe' : 'none',
    // Another release may know more.
    language: isLanguage(row.language) ? row.language : 'en',
  }
  speakUsually(settings.language)
  // A zone that this version of Node does not know must not break every page.
  formatDatesIn(isTimeZone(settings.timeZone) ? settings.timeZone : 'UTC')
  return settings
}
