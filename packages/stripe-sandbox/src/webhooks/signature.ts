// Signs webhook deliveries.
import { createHmac, randomBytes } from 'node:crypto'

/**
 * The `Stripe-Signature` header. The key is the whole secret, including `whsec_`. As in Stripe's test mode there is also
 * a `v0` that receivers must ignore. While a secret is being rolled there is a signature by each secret.
 */
export function signatureHeader(secrets: readonly string[], body: string, seconds: number): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
  )
  return [`t=${seconds}`, ...signatures, `v0=${randomBytes(32).toString('hex')}`].join(',')
}
