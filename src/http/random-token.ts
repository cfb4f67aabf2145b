// Tokens in mailed links and guests' cookies. The database stores only their hashes, so that a leaked table gives access to
// nothing.
import { createHash, randomBytes } from 'node:crypto'

/** Generates a token of 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
