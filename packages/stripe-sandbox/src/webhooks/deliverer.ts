// Delivers events to webhook endpoints, with retries.
import type { Faults } from '../faults/faults.js'
import type { Log } from '../log.js'
import { Account, type Context } from '../state/account.js'
import type { Delivery, EventDeliveries } from '../state/records.js'
import { changeTarget } from '../state/change-delivery-target.js'
import { isThroughCli } from '../state/delivery-targets.js'
import type { Timetable } from '../state/timetable.js'
import { untilStored } from '../state/until-stored.js'
import { liveSecrets } from './endpoint-secrets.js'
import { postAsPlanned } from './faulty-post.js'
import { Poster } from './post.js'

/** How many deliveries run at once. */
const MOST_AT_ONCE = 32

interface Task {
  accountId: string
  eventId: string
  endpointId: string
}

/**
 * A delivery that does not get a 2xx is retried. Pending deliveries are part of the state, so they continue after a
 * restart.
 */
export class Deliverer {
  private readonly poster = new Poster()
  private readonly waiting: Task[] = []
  private readonly running = new Set<string>()
  private closed = false

  constructor(
    private readonly context: Context,
    private readonly timetable: Timetable,
    private readonly retryDelays: readonly number[],
    private readonly faults: Faults,
    private readonly log: Log,
  ) {
    const { store } = context
    for (const accountId of store.accountIds()) {
      for (const record of store.records(accountId, 'deliveries').oldestFirst()) this.plan(accountId, record)
    }
    store.onCommit((changes) => {
      for (const [accountId, kind, , value] of changes) {
        if (kind === 'deliveries' && value !== null) this.plan(accountId, value as EventDeliveries)
      }
    })
  }

  /** Whether a delivery is running or waiting to run. */
  isBusy(): boolean {
    return this.running.size > 0 || this.waiting.length > 0
  }

  close(): void {
    this.closed = true
    this.waiting.length = 0
    this.poster.close()
  }

  private plan(accountId: string, record: EventDeliveries): void {
    for (const target of record.targets) {
      if (target.state !== 'pending' || isThroughCli(target)) continue
      const task = { accountId, eventId: record.id, endpointId: target.endpoint }
      if (target.due <= this.context.clock.milliseconds()) this.start(task)
      else this.timetable.plan(target.due, () => this.start(task))
    }
  }

  private start(task: Task): void {
    if (this.closed) return
    // After the request that caused the event is answered: deliveries must not delay it.
    if (this.waiting.push(task) === 1) setImmediate(() => this.next())
  }

  private next(): void {
    while (this.running.size < MOST_AT_ONCE) {
      const task = this.waiting.shift()
      if (!task) return
      const name = `${task.eventId}/${task.endpointId}`
      // A resend and a retry can plan the same delivery.
      if (this.running.has(name) || !this.isDue(task)) continue
      this.running.add(name)
      void this.deliver(task)
        .catch((error: unknown) =>
          this.log.warn({ err: error, ...task }, 'a webhook delivery could not be carried out'),
        )
        .finally(() => {
          this.running.delete(name)
          this.next()
        })
    }
  }

  private targetOf(task: Task): Delivery | undefined {
    return this.account(task)
      .find('deliveries', task.eventId)
      ?.targets.find((found) => found.endpoint === task.endpointId)
  }

  private isDue(task: Task): boolean {
    const target = this.targetOf(task)
    return target?.state === 'pending' && target.due <= this.context.clock.milliseconds()
  }

  private async deliver(task: Task): Promise<void> {
    const account = this.account(task)
    const endpoint = account.find('webhook_endpoint', task.endpointId)
    if (endpoint?.status !== 'enabled') {
      this.record(task, (target) => ({ ...target, state: 'failed' }))
      return
    }
    const body = JSON.stringify(account.get('event', task.eventId), null, 2)
    const at = this.context.clock.milliseconds()
    const earlier = this.targetOf(task)?.attempts.length ?? 0
    const plan = this.faults.planDelivery(`${task.eventId}/${task.endpointId}`, earlier)
    if (plan.drop) {
      const lost = { at, milliseconds: 0, status: null, answer: 'not sent: dropped by an injected fault' }
      this.record(task, (target) => ({ ...target, state: 'dropped', attempts: [...target.attempts, lost] }))
      return
    }
    const secrets = liveSecrets(account, endpoint.id)
    const [result, ...copies] = await postAsPlanned(this.poster, { url: endpoint.url, body, secrets }, plan)
    if (this.closed) return
    const delivered = result.status !== null && result.status >= 200 && result.status < 300
    this.record(task, (target) => {
      const attempts = [...target.attempts, ...[...copies, result].map((sent) => ({ at, ...sent }))]
      const delay = this.retryDelays[Math.floor(target.attempts.length / (copies.length + 1))]
      if (delivered) return { ...target, attempts, state: 'delivered' }
      if (delay === undefined) return { ...target, attempts, state: 'failed' }
      return { ...target, attempts, due: this.context.clock.milliseconds() + delay * 1000 }
    })
    if (!delivered) {
      this.log.warn(
        {
          event: task.eventId,
          url: endpoint.url,
          status: result.status,
          answer: result.answer.slice(0, 200),
        },
        'a webhook delivery failed',
      )
    }
  }

  private record(task: Task, change: (target: Delivery) => Delivery): void {
    untilStored(
      () =>
        this.context.store.transaction(() =>
          changeTarget(this.account(task), task.eventId, task.endpointId, change),
        ),
      this.log,
    )
  }

  private account(task: Task): Account {
    return new Account(task.accountId, this.context)
  }
}
