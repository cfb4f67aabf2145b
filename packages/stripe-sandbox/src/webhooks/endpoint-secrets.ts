// The signing secrets of webhook endpoints, and how they are rolled.
import type { Account } from '../state/account.js'
import { newId } from '../state/identifiers.js'

/** How long the old secret may keep signing after a roll, at most, in seconds. */
const LONGEST_OVERLAP = 24 * 60 * 60

/** The secrets that sign an endpoint's deliveries: the current one, and for a time the previous one. */
export function liveSecrets(account: Account, endpointId: string): string[] {
  const { secret, previous } = account.get('endpoint_secret', endpointId)
  return previous && previous.until > account.now() ? [secret, previous.secret] : [secret]
}

/** Makes a new secret. The old one also signs for `overlap` seconds, so that the shop has time to switch. */
export function rollSecret(account: Account, endpointId: string, overlap: number): string {
  const { secret: old } = account.get('endpoint_secret', endpointId)
  const secret = newId('webhook_secret')
  const until = account.now() + Math.min(overlap, LONGEST_OVERLAP)
  account.save('endpoint_secret', {
    id: endpointId,
    secret,
    ...(overlap > 0 ? { previous: { secret: old, until } } : {}),
  })
  return secret
}
