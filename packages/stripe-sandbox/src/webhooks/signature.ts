import { createHmac, randomBytes } from 'node:crypto'

/**
 * The `Stripe-Signature` header. The key is the whole secret, `whsec_` included. Stripe's test mode adds a `v0` that
 * proves nothing; a receiver must not mind it. While a secret is rolled there are two, and a signature by each.
 */
export function signatureHeader(secrets: readonly string[], body: string, seconds: number): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  )
  return [`t=${seconds}`, ...signatures, `v0=${randomBytes(32).toString('hex')}`].join(',')
}
