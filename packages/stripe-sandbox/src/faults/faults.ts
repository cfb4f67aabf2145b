// Decides which requests and deliveries fail on demand.
import { createHash } from 'node:crypto'
import { type FaultName, FAULT_RULES, type FaultSettings, faultValue, LARGEST_SEED } from './settings.js'

/** The longest delay of a reordered delivery, in milliseconds. */
const LONGEST_HOLD = 500

/** What happens to one delivery attempt. */
export interface DeliveryPlan {
  drop: boolean
  /** How long to wait before sending, in milliseconds. */
  wait: number
  copies: number
  wrongSignature: boolean
  truncate: boolean
  /** How long to pause in the middle of the body, in milliseconds. */
  pause: number
}

export type ApiFault = 'error' | 'rateLimit' | 'timeout' | 'requestsPerSecond'

/**
 * Injects faults. Every decision depends on the seed and on what it is about, not on time: the first attempt of the third
 * event has the same outcome in every run.
 */
export class Faults {
  private seed = 1
  private values = new Map<FaultName, number>()
  private done = new Map<FaultName, number>()
  private readonly ordinals = new Map<string, number>()
  private readonly lastSecond = new Map<string, number[]>()

  /**
   * Replaces the settings. Faults that are not named are off.
   * @throws RangeError for an unknown name or an invalid value
   */
  set(settings: FaultSettings): void {
    this.setFlat(flatten(settings))
  }

  /** Like `set`, with names such as `deliveries.drop`. Values may be strings. */
  setFlat(given: Record<string, unknown>): void {
    const { seed = 1, ...rest } = given
    const wanted = Number(seed)
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > LARGEST_SEED)
      throw new RangeError(`seed must be a whole number from 0 to ${LARGEST_SEED}.`)
    const values = new Map<FaultName, number>()
    for (const [name, value] of Object.entries(rest)) {
      const rule = FAULT_RULES.find((known) => known.name === name)
      if (!rule) {
        const names = FAULT_RULES.map((known) => known.name).join(', ')
        throw new RangeError(`Unknown fault "${name}". Known: seed, ${names}.`)
      }
      const number = faultValue(rule, value)
      if (typeof number === 'string') throw new RangeError(number)
      if (number > 0) values.set(rule.name, number)
    }
    this.seed = wanted
    this.values = values
    this.done = new Map()
    this.ordinals.clear()
    this.lastSecond.clear()
  }

  clear(): void {
    this.setFlat({})
  }

  /** The faults that are on. */
  get settings(): FaultSettings {
    const on: Record<string, Record<string, number>> = {}
    for (const [name, value] of this.values) {
      const [group = '', key = ''] = name.split('.')
      ;(on[group] ??= {})[key] = value
    }
    return { seed: this.seed, ...on }
  }

  /** How often each fault occurred since it was set. */
  get counts(): Partial<Record<FaultName, number>> {
    return Object.fromEntries(this.done)
  }

  valueOf(name: FaultName): number {
    return this.values.get(name) ?? 0
  }

  get areOn(): boolean {
    return this.values.size > 0
  }

  /** `target` identifies an event and an endpoint; `attempt` counts from 0. */
  planDelivery(target: string, attempt: number): DeliveryPlan {
    if (!this.areOn) return UNTOUCHED
    const key = `${this.ordinalOf(target)}/${attempt}`
    if (this.strikes('deliveries.drop', key)) return { ...UNTOUCHED, drop: true }
    const reordered = this.strikes('deliveries.reorder', key)
    const held = reordered ? this.fraction('hold', key) * LONGEST_HOLD : 0
    return {
      drop: false,
      wait: this.always('deliveries.delay') + held,
      copies: this.always('deliveries.duplicate'),
      wrongSignature: this.strikes('deliveries.wrongSignature', key),
      truncate: this.strikes('deliveries.truncate', key),
      pause: this.always('deliveries.slow'),
    }
  }

  /** The fault of the account's next request, if any. */
  planRequest(accountId: string): ApiFault | undefined {
    if (!this.areOn) return undefined
    if (this.isTooFast(accountId)) return this.count('api.requestsPerSecond', 'requestsPerSecond')
    const key = String(this.next(`requests of ${accountId}`))
    if (this.strikes('api.rateLimit', key)) return 'rateLimit'
    if (this.strikes('api.error', key)) return 'error'
    return this.strikes('api.timeout', key) ? 'timeout' : undefined
  }

  private isTooFast(accountId: string): boolean {
    const most = this.valueOf('api.requestsPerSecond')
    if (most === 0) return false
    const now = performance.now()
    const recent = (this.lastSecond.get(accountId) ?? []).filter((at) => at > now - 1000)
    const tooFast = recent.length >= most
    // Refused requests do not count: otherwise a caller that retries at once would never succeed.
    if (!tooFast) recent.push(now)
    this.lastSecond.set(accountId, recent)
    return tooFast
  }

  private strikes(name: FaultName, key: string): boolean {
    const chance = this.valueOf(name)
    if (chance === 0 || this.fraction(name, key) >= chance) return false
    return this.count(name, true)
  }

  private always(name: FaultName): number {
    const value = this.valueOf(name)
    return value === 0 ? 0 : this.count(name, value)
  }

  private count<T>(name: FaultName, result: T): T {
    this.done.set(name, (this.done.get(name) ?? 0) + 1)
    return result
  }

  /** From 0 to less than 1. */
  private fraction(name: string, key: string): number {
    return createHash('sha256').update(`${this.seed}/${name}/${key}`).digest().readUInt32BE() / 2 ** 32
  }

  /** Ids are random. The order in which they are first seen is the same in every run. */
  private ordinalOf(target: string): number {
    const known = this.ordinals.get(target)
    if (known !== undefined) return known
    const ordinal = this.next('targets')
    this.ordinals.set(target, ordinal)
    return ordinal
  }

  private next(counter: string): number {
    const count = this.ordinals.get(counter) ?? 0
    this.ordinals.set(counter, count + 1)
    return count
  }
}

const UNTOUCHED: DeliveryPlan = {
  drop: false,
  wait: 0,
  copies: 0,
  wrongSignature: false,
  truncate: false,
  pause: 0,
}

/** `{ deliveries: { drop: 0.1 } }` → `{ 'deliveries.drop': 0.1 }`. Names that are already flat stay. */
export function flatten(settings: object): Record<string, unknown> {
  const flat: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) {
      flat[name] = value
      continue
    }
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) flat[`${name}.${key}`] = inner
  }
  return flat
}
