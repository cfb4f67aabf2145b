// The address and keys of the local Stripe in development. The process that starts it writes them to a file that only its
// owner can read, and the command-line tools read them there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { StripeAccess } from '../config.js'

const fileIn = (dataDir: string) => path.join(dataDir, 'local-stripe.json')

const shape = z.object({ secretKey: z.string(), webhookSecrets: z.array(z.string()), apiBase: z.string() })

export function writeLocalStripe(dataDir: string, access: StripeAccess): void {
  mkdirSync(dataDir, { recursive: true })
  const { secretKey, webhookSecrets, apiBase } = access
  writeFileSync(fileIn(dataDir), JSON.stringify({ secretKey, webhookSecrets, apiBase: apiBase?.href }), {
    mode: 0o600,
  })
}

/** @returns null if no local Stripe was ever started with this data folder */
export function readLocalStripe(dataDir: string): StripeAccess | null {
  let text: string
  try {
    text = readFileSync(fileIn(dataDir), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const { apiBase, ...keys } = shape.parse(JSON.parse(text))
  return { ...keys, apiBase: new URL(apiBase) }
}
