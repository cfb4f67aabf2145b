// The faults that can be injected: their settings, their limits, and their texts in the control panel.

export interface DeliveryFaults {
  /** How many extra copies of each delivery are sent at the same time. */
  duplicate?: number
  /** Probability (0 to 1) that a delivery is held back, so that later ones arrive first. */
  reorder?: number
  /** Probability that a delivery is lost: never sent and never retried. */
  drop?: number
  /** Delay before each delivery, in milliseconds. */
  delay?: number
  /** Probability that a delivery is signed with a wrong secret. */
  wrongSignature?: number
  /** Pause in the middle of each delivery's body, in milliseconds. */
  slow?: number
  /** Probability that the connection breaks in the middle of a delivery's body. */
  truncate?: number
}

export interface ApiFaults {
  /** Probability that a request gets a 500 and is not executed. */
  error?: number
  /** Probability that a request gets a 429 and is not executed. */
  rateLimit?: number
  /** Probability that a request is executed and never answered. */
  timeout?: number
  /** Requests per second and account; more get a 429. Stripe's sandboxes allow 25. */
  requestsPerSecond?: number
}

/** Faults that are not named are off. */
export interface FaultSettings {
  /** The same seed and the same requests have the same faults. */
  seed?: number
  deliveries?: DeliveryFaults
  api?: ApiFaults
}

export type FaultName = `deliveries.${keyof DeliveryFaults}` | `api.${keyof ApiFaults}`

export interface FaultRule {
  name: FaultName
  kind: 'chance' | 'milliseconds' | 'count'
  title: string
  explain: string
}

export const FAULT_RULES: readonly FaultRule[] = [
  {
    name: 'deliveries.duplicate',
    kind: 'count',
    title: 'Duplicate',
    explain: 'Sends this many extra copies at the same time.',
  },
  {
    name: 'deliveries.reorder',
    kind: 'chance',
    title: 'Reorder',
    explain: 'Holds a delivery back for up to half a second, so that later ones arrive first.',
  },
  {
    name: 'deliveries.drop',
    kind: 'chance',
    title: 'Drop',
    explain: 'Never sent, never retried. Only listing events finds it.',
  },
  {
    name: 'deliveries.delay',
    kind: 'milliseconds',
    title: 'Delay',
    explain: 'Waits before each delivery.',
  },
  {
    name: 'deliveries.wrongSignature',
    kind: 'chance',
    title: 'Wrong signature',
    explain: 'Signs with another secret. Retried later if refused.',
  },
  {
    name: 'deliveries.slow',
    kind: 'milliseconds',
    title: 'Slow',
    explain: 'Pauses in the middle of each body.',
  },
  {
    name: 'deliveries.truncate',
    kind: 'chance',
    title: 'Truncate',
    explain: 'Breaks the connection in the middle of the body. Retried later.',
  },
  {
    name: 'api.error',
    kind: 'chance',
    title: 'Errors',
    explain: 'Answers 500 without executing the request.',
  },
  {
    name: 'api.rateLimit',
    kind: 'chance',
    title: 'Rate limits',
    explain: 'Answers 429 without executing the request.',
  },
  {
    name: 'api.timeout',
    kind: 'chance',
    title: 'Timeouts',
    explain: 'Executes the request and never answers.',
  },
  {
    name: 'api.requestsPerSecond',
    kind: 'count',
    title: 'Requests per second',
    explain: 'Answers 429 to more. Stripe’s sandboxes allow 25.',
  },
]

const LIMITS: Record<FaultRule['kind'], { most: number; whole: boolean; words: string }> = {
  chance: { most: 1, whole: false, words: 'a number from 0 to 1' },
  milliseconds: { most: 60_000, whole: true, words: 'a whole number of milliseconds, at most 60000' },
  count: { most: 1000, whole: true, words: 'a whole number, at most 1000' },
}

export const LARGEST_SEED = 2 ** 32 - 1

/** The value as a number, or a text that says what is wrong with it. */
export function faultValue(rule: FaultRule, value: unknown): number | string {
  const { most, whole, words } = LIMITS[rule.kind]
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const fits =
    typeof number === 'number' && number >= 0 && number <= most && (!whole || Number.isInteger(number))
  return fits ? number : `${rule.name} must be ${words}.`
}
