// What can be made to go wrong, as a table: settings, their limits, and the words of the panel come from it.

export interface DeliveryFaults {
  /** How many more times each delivery is sent, at the same moment. */
  duplicate?: number
  /** The chance (0 to 1) that one is held back, so that later ones overtake it. */
  reorder?: number
  /** The chance that one is lost: it is never sent, and never repeated. */
  drop?: number
  /** How long each waits before it is sent, in milliseconds. */
  delay?: number
  /** The chance that one is signed with a wrong secret. */
  wrongSignature?: number
  /** How long each pauses in the middle of its body, in milliseconds. */
  slow?: number
  /** The chance that one breaks off in the middle of its body. */
  truncate?: number
}

export interface ApiFaults {
  /** The chance that a request is answered 500, and not carried out. */
  error?: number
  /** The chance that a request is answered 429, and not carried out. */
  rateLimit?: number
  /** The chance that a request is carried out and its answer never comes. */
  timeout?: number
  /** How many requests an account may make in a second; more are answered 429. Stripe's sandboxes take 25. */
  requestsPerSecond?: number
}

/** What is not named is off. */
export interface FaultSettings {
  /** The same seed and the same requests: the same faults. */
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
    explain: 'Each is sent this many more times, at the same moment.',
  },
  {
    name: 'deliveries.reorder',
    kind: 'chance',
    title: 'Reorder',
    explain: 'Held back for up to half a second, so that later ones overtake it.',
  },
  {
    name: 'deliveries.drop',
    kind: 'chance',
    title: 'Drop',
    explain: 'Lost: never sent, never repeated. Only a list of events finds it.',
  },
  {
    name: 'deliveries.delay',
    kind: 'milliseconds',
    title: 'Delay',
    explain: 'Each waits before it is sent.',
  },
  {
    name: 'deliveries.wrongSignature',
    kind: 'chance',
    title: 'Wrong signature',
    explain: 'Signed with another secret. Sent again later, if it is refused.',
  },
  {
    name: 'deliveries.slow',
    kind: 'milliseconds',
    title: 'Slow',
    explain: 'Each pauses in the middle of its body.',
  },
  {
    name: 'deliveries.truncate',
    kind: 'chance',
    title: 'Truncate',
    explain: 'The connection breaks in the middle of the body. Sent again later.',
  },
  { name: 'api.error', kind: 'chance', title: 'Errors', explain: 'Answered 500, and not carried out.' },
  {
    name: 'api.rateLimit',
    kind: 'chance',
    title: 'Rate limits',
    explain: 'Answered 429, and not carried out.',
  },
  {
    name: 'api.timeout',
    kind: 'chance',
    title: 'Timeouts',
    explain: 'Carried out, and the answer never comes.',
  },
  {
    name: 'api.requestsPerSecond',
    kind: 'count',
    title: 'Requests per second',
    explain: 'More are answered 429. Stripe’s sandboxes take 25.',
  },
]

const LIMITS: Record<FaultRule['kind'], { most: number; whole: boolean; words: string }> = {
  chance: { most: 1, whole: false, words: 'a number from 0 to 1' },
  milliseconds: { most: 60_000, whole: true, words: 'a whole number of milliseconds, at most 60000' },
  count: { most: 1000, whole: true, words: 'a whole number, at most 1000' },
}

export const LARGEST_SEED = 2 ** 32 - 1

/** A value that may be used, or what is wrong with it. */
export function faultValue(rule: FaultRule, value: unknown): number | string {
  const { most, whole, words } = LIMITS[rule.kind]
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const fits =
    typeof number === 'number' && number >= 0 && number <= most && (!whole || Number.isInteger(number))
  return fits ? number : `${rule.name} must be ${words}.`
}
