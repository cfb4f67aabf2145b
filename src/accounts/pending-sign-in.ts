// A sign-in whose password was right and whose code is still to come. It travels through the form of the code, signed, so that
// no session exists before the second factor is proved.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { SignedInUser } from './signed-in-user.js'

const VALID_MINUTES = 10

const shape = z.object({ id: z.int(), credentialVersion: z.int(), until: z.number() })

/** @param sessionSecrets a key is derived from the first */
export function pendingSignIn(
  sessionSecrets: readonly string[],
  { id, credentialVersion }: Pick<SignedInUser, 'id' | 'credentialVersion'>,
): string {
  const until = Date.now() + VALID_MINUTES * 60_000
  const text = Buffer.from(JSON.stringify({ id, credentialVersion, until })).toString('base64url')
  return `${text}.${signatureOf(sessionSecrets[0] ?? '', text)}`
}

/** Whose sign-in it is. Null when it is too old or was not made by this shop. */
export function readPendingSignIn(
  sessionSecrets: readonly string[],
  pending: string,
): Pick<SignedInUser, 'id' | 'credentialVersion'> | null {
  const [text = '', signature = ''] = pending.split('.')
  if (!sessionSecrets.some((secret) => isSame(signatureOf(secret, text), signature))) return null
  const { id, credentialVersion, until } = shape.parse(
    JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
  )
  return Date.now() < until ? { id, credentialVersion } : null
}

function signatureOf(sessionSecret: string, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', sessionSecret, '', 'till pending sign-in', 32))
  return createHmac('sha256', key).update(text).digest('base64url')
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
