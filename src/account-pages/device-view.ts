// Where a shopper is signed in, as their account's page shows it.
import Bowser from 'bowser'
import type { TokenOfUser } from '../accounts/api-tokens.js'
import type { SessionOfUser } from '../accounts/sessions.js'
import { formatDateTime } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import type { AccountPage } from './view-models.js'

export function sessionView(
  { handle, userAgent, signedInAt, seenAt }: SessionOfUser,
  isCurrent: boolean,
): AccountPage['sessions'][number] {
  return {
    handle,
    device: deviceName(userAgent),
    signedIn: signedInAt && formatDateTime(signedInAt),
    seen: seenAt && formatDateTime(seenAt),
    isCurrent,
  }
}

export function appView({
  id,
  origin,
  userAgent,
  createdAt,
  lastUsedAt,
}: TokenOfUser): AccountPage['apps'][number] {
  return {
    id,
    name: origin === null ? t().accounts.unknownApp : new URL(origin).host,
    device: userAgent === null ? null : deviceName(userAgent),
    signedIn: formatDateTime(createdAt),
    seen: formatDateTime(lastUsedAt),
  }
}

/** "Firefox on Windows", as far as the browser says. */
function deviceName(userAgent: string | null): string {
  const texts = t().accounts
  if (userAgent === null) return texts.unknownDevice
  const { browser, os } = Bowser.parse(userAgent)
  if (!browser.name) return texts.unknownDevice
  return os.name ? texts.deviceName(browser.name, os.name) : browser.name
}
