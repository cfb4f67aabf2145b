// Formats values for the panel.
import { formatAmount } from '../../money/currencies.js'
import { cardBrand } from '../../payments/card-numbers.js'
import type { Account } from '../../state/account.js'
import type { Metadata } from '../../wire.js'
import type { Fact } from './kind.js'

/** In UTC, to the second: `2026-11-25 18:02:14`. */
export function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19)
}

/** Empty for a null time. */
export function moment(seconds: number | null | undefined): string {
  return seconds ? time(seconds) : ''
}

export function amount(units: number | null, currency: string | null): string {
  return formatAmount(units ?? 0, currency ?? 'usd')
}

/** `Visa 4242`, `SEPA debit 3201`. */
export function paymentMethod(account: Account, id: string | null): string {
  const method = account.find('payment_method', id)
  const number = account.find('payment_source', id)?.number ?? ''
  if (!method) return ''
  if (method.type === 'card') return `${cardBrand(number).name} ${number.slice(-4)}`
  return `${method.type === 'sepa_debit' ? 'SEPA debit' : 'ACH debit'} ${number.slice(-4)}`
}

export function metadataFacts(metadata: Metadata | null): Fact[] {
  return Object.entries(metadata ?? {}).map(([name, value]) => ({
    label: `metadata.${name}`,
    value,
    code: true,
  }))
}

/** Leaves out facts without a value. */
export function facts(...all: (Fact | Fact[] | null)[]): Fact[] {
  return all.flat().filter((fact): fact is Fact => fact !== null && fact.value !== '')
}

/** `product_not_received` → `product not received`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ')
}

export type Tone = 'good' | 'wait' | 'bad' | 'quiet'

const TONES: Record<string, Tone> = {
  complete: 'good',
  active: 'good',
  trialing: 'good',
  paid: 'good',
  succeeded: 'good',
  delivered: 'good',
  taken: 'good',
  enabled: 'good',
  won: 'good',
  'warning closed': 'good',
  open: 'wait',
  incomplete: 'wait',
  paused: 'wait',
  unpaid: 'wait',
  pending: 'wait',
  processing: 'wait',
  held: 'wait',
  authenticating: 'wait',
  'partly refunded': 'wait',
  'under review': 'wait',
  'warning needs response': 'wait',
  'warning under review': 'wait',
  failed: 'bad',
  actionable: 'bad',
  'past due': 'bad',
  uncollectible: 'bad',
  lost: 'bad',
  disputed: 'bad',
  dropped: 'bad',
  'needs response': 'bad',
}

export function tone(state: string): Tone {
  return TONES[state] ?? 'quiet'
}
