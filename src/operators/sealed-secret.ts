// Encrypts the secrets of authenticator apps, so that a leaked database gives nobody a code.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts an account's secret.
 * @param sessionSecrets a key is derived from the first
 */
export function sealSecret(sessionSecrets: readonly string[], userId: number, secret: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyFrom(sessionSecrets[0] ?? ''), iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(ownerOf(userId))
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url')
}

/** Decrypts it with whichever session secret it was encrypted. Null if none fits, or it is another account's. */
export function openSecret(sessionSecrets: readonly string[], userId: number, sealed: string): string | null {
  for (const sessionSecret of sessionSecrets) {
    const secret = decrypt(keyFrom(sessionSecret), userId, Buffer.from(sealed, 'base64url'))
    if (secret !== null) return secret
  }
  return null
}

function decrypt(key: Buffer, userId: number, sealed: Buffer): string | null {
  const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)
  if (tag.length < TAG_BYTES) return null
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(ownerOf(userId))
  decipher.setAuthTag(tag)
  try {
    const text = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES))
    return Buffer.concat([text, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** Not the secret that signs cookies: what uses one key can't weaken the other. */
function keyFrom(sessionSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionSecret, '', 'till second factor', 32))
}

const ownerOf = (userId: number) => Buffer.from(`user ${userId}`)
