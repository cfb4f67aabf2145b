import { createHmac, randomBytes } from 'node:crypto'

/**
 * The `Stripe-Signature` header. The key is the whole secret, `whsec_` included. Stripe's test mode adds a `v0` that
 * proves nothing; a receiver must not mind it.
 */
export function signatureHeader(secret: string, body: string, seconds: number): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${v1},v0=${randomBytes(32).toString('hex')}`
}
