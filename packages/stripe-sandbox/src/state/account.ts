import type Stripe from 'stripe'
import type { EventType } from '../wire.js'
import type { Clock } from './clock.js'
import type { Collection } from './collection.js'
import { deliveryThrough, deliveryTo, isListening } from './delivery-targets.js'
import { newId } from './identifiers.js'
import type { BillingJobKind, CliSession, Delivery, Job, ObjectKind, RecordKinds } from './records.js'
import type { Store } from './store.js'

/** What made a change: a request, or nothing when time did. Events name it. */
export interface Cause {
  id: string | null
  idempotency_key: string | null
}

/** A time that is not the sandbox's. */
export interface Moment {
  /** In seconds. */
  now: number
  testClock: string | null
}

export interface Context {
  store: Store
  clock: Clock
  /** Where the sandbox can be reached, without a slash at the end. */
  baseUrl: string
  /** How long a bank debit takes, in seconds. */
  delayedMethodSeconds: number
  /** How long the official CLI keeps a WebSocket before it opens a new one, in seconds. */
  cliReconnectSeconds: number
  /** Signs what goes through `stripe listen`: one secret for each account, the same after a restart. */
  listenSecret: (accountId: string) => string
  /** Turns a stored object into what Stripe would send. */
  present: (account: Account, object: object) => object
}

/** The version of the SDK whose types describe the sandbox's objects: another one does not compile. */
export const API_VERSION: Stripe.LatestApiVersion = '2026-10-28.endive'

/** One account, as one request or one timer sees it. */
export class Account {
  constructor(
    readonly id: string,
    readonly context: Context,
    readonly cause: Cause = { id: null, idempotency_key: null },
    private readonly moment?: Moment,
  ) {}

  now(): number {
    return this.moment?.now ?? this.context.clock.seconds()
  }

  /** The same account at another moment: that of a test clock, or when something was due. */
  at(moment: Moment): Account {
    return new Account(this.id, this.context, this.cause, moment)
  }

  /** The test clock whose time this is, or null for the sandbox's own. */
  testClock(): string | null {
    return this.moment?.testClock ?? null
  }

  all<K extends keyof RecordKinds>(kind: K): Collection<RecordKinds[K]> {
    return this.context.store.records(this.id, kind)
  }

  find<K extends keyof RecordKinds>(kind: K, id: string | null | undefined): RecordKinds[K] | undefined {
    return id ? this.all(kind).get(id) : undefined
  }

  /** For a link between our own objects, which cannot be broken. */
  get<K extends keyof RecordKinds>(kind: K, id: string | null): RecordKinds[K] {
    const found = this.find(kind, id)
    if (found === undefined) throw new Error(`${kind} ${id ?? 'null'} is missing in the state`)
    return found
  }

  save<K extends keyof RecordKinds>(kind: K, value: RecordKinds[K]): RecordKinds[K] {
    this.context.store.put(this.id, kind, value.id, value)
    return value
  }

  update<K extends keyof RecordKinds>(kind: K, id: string, changes: Partial<RecordKinds[K]>): RecordKinds[K] {
    return this.save(kind, { ...this.get(kind, id), ...changes })
  }

  remove(kind: keyof RecordKinds, id: string): void {
    this.context.store.delete(this.id, kind, id)
  }

  schedule(kind: Job['kind'], subject: string, seconds: number): void {
    const due = this.context.clock.milliseconds() + seconds * 1000
    this.save('job', { id: newId('job'), kind, subject, due })
  }

  /** `at` is in seconds, on the clock that this account lives by. */
  scheduleBilling(kind: BillingJobKind, subject: string, at: number): void {
    const testClock = this.testClock()
    this.save('job', {
      id: newId('job'),
      kind,
      subject,
      due: at * 1000,
      ...(testClock === null ? {} : { testClock }),
    })
  }

  /** The runs of `stripe listen` that receive this account's events. */
  listeners(): CliSession[] {
    return [...this.all('cli_session').oldestFirst()].filter(isListening)
  }

  /** Records an event about `object` as it is now, and its deliveries to those who want it. */
  emit(type: EventType, object: RecordKinds[ObjectKind], previous?: object): void {
    const id = newId('event')
    const due = this.context.clock.milliseconds()
    const endpoints = [...this.all('webhook_endpoint').oldestFirst()].filter(
      (endpoint) =>
        endpoint.status === 'enabled' &&
        (endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type)),
    )
    const targets: Delivery[] = [
      ...endpoints.map((endpoint) => deliveryTo(endpoint.id, due)),
      ...this.listeners().map((session) => deliveryThrough(session, due)),
    ]
    this.save('event', {
      id,
      object: 'event',
      api_version: API_VERSION,
      // Also an event of a test clock is of today: it is sent, listed and forgotten in the sandbox's own time.
      created: this.context.clock.seconds(),
      data: {
        object: this.context.present(this, object),
        ...(previous ? { previous_attributes: previous } : {}),
      },
      livemode: false,
      pending_webhooks: targets.length,
      request: this.cause,
      type,
    })
    if (targets.length > 0) this.save('deliveries', { id, targets })
  }
}
