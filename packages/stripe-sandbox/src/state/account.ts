// One account's objects, jobs and events, as a request or a timer works with them.
import type Stripe from 'stripe'
import type { EventType } from '../wire.js'
import type { Clock } from './clock.js'
import type { Collection } from './collection.js'
import { deliveryThrough, deliveryTo, isListening } from './delivery-targets.js'
import { newId } from './identifiers.js'
import type { BillingJobKind, CliSession, Delivery, Job, ObjectKind, RecordKinds } from './records.js'
import type { Store } from './store.js'

/** The request that made a change, as events name it. Null for changes that time made. */
export interface Cause {
  id: string | null
  idempotency_key: string | null
}

/** A time other than the sandbox's own. */
export interface Moment {
  /** In seconds. */
  now: number
  testClock: string | null
}

export interface Context {
  store: Store
  clock: Clock
  /** The sandbox's address, without a trailing slash. */
  baseUrl: string
  /** How long a bank debit takes to succeed or fail, in seconds. */
  delayedMethodSeconds: number
  /** How long the official CLI keeps a WebSocket before it opens a new one, in seconds. */
  cliReconnectSeconds: number
  /** Returns the secret that signs events sent through `stripe listen`: one per account, the same after a restart. */
  listenSecret: (accountId: string) => string
  /** What pages call the business. Undefined: it is not known. */
  businessName: () => string | undefined
  /** Turns a stored object into what the API sends. */
  present: (account: Account, object: object) => object
}

/** The API version of the installed SDK's types. With another version this line does not compile. */
export const API_VERSION: Stripe.LatestApiVersion = '2026-10-28.endive'

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

  /** The same account at another time: that of a test clock, or when a job was due. */
  at(moment: Moment): Account {
    return new Account(this.id, this.context, this.cause, moment)
  }

  /** The test clock that sets the time, or null for the sandbox's clock. */
  testClock(): string | null {
    return this.moment?.testClock ?? null
  }

  all<K extends keyof RecordKinds>(kind: K): Collection<RecordKinds[K]> {
    return this.context.store.records(this.id, kind)
  }

  find<K extends keyof RecordKinds>(kind: K, id: string | null | undefined): RecordKinds[K] | undefined {
    return id ? this.all(kind).get(id) : undefined
  }

  /**
   * For links between the sandbox's own objects, which always exist.
   * @throws when there is no such object
   */
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

  /** Schedules a job `seconds` from now, on the sandbox's clock. */
  schedule(kind: Job['kind'], subject: string, seconds: number): void {
    const due = this.context.clock.milliseconds() + seconds * 1000
    this.save('job', { id: newId('job'), kind, subject, due })
  }

  /** `at` is in seconds, on the clock that sets this account's time. */
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

  /** Records an event about `object` as it is now, and its deliveries to every endpoint that wants it. */
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
      // Events of a test clock have the sandbox's time too: they are sent, listed and removed by it.
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
