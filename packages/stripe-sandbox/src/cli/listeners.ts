// Sends events through `stripe listen`.
import type { Log } from '../log.js'
import { Account, API_VERSION, type Context } from '../state/account.js'
import { changeTarget } from '../state/change-delivery-target.js'
import { isThroughCli } from '../state/delivery-targets.js'
import { newId } from '../state/identifiers.js'
import type { CliSession, Delivery, DeliveryAttempt, EventDeliveries } from '../state/records.js'
import { untilStored } from '../state/until-stored.js'
import { deliveryHeaders } from '../webhooks/delivery-headers.js'
import type { CliConnections, FeatureHandler } from './connections.js'
import type { FromCli, WebhookResponse } from './messages.js'

/** How many characters of the shop's answer are kept. */
const LONGEST_ANSWER = 1000

/** An event that was sent to a CLI. Each copy is a conversation; the set holds those not yet acknowledged. */
interface Sending {
  startedAt: number
  conversations: Set<string>
}

/**
 * Sends events through `stripe listen`. Pending events are part of the state, as for endpoints: what a CLI has not
 * acknowledged is sent again when it reconnects, also after a restart of the sandbox. As at Stripe, what the shop
 * refused is not sent again.
 */
export class Listeners implements FeatureHandler {
  readonly feature = 'webhooks'
  /** Session → event → what was sent and not acknowledged. */
  private readonly sending = new Map<string, Map<string, Sending>>()

  constructor(
    private readonly context: Context,
    private readonly connections: CliConnections,
    private readonly log: Log,
  ) {
    connections.addHandler(this)
    context.store.onCommit((changes) => {
      for (const [accountId, kind, , value] of changes) {
        if (kind === 'deliveries' && value !== null) this.plan(accountId, value as EventDeliveries)
      }
    })
  }

  /** Whether a connected CLI has not yet acknowledged an event. */
  isBusy(): boolean {
    for (const [sessionId, events] of this.sending) {
      if (events.size > 0 && this.connections.isOpen(sessionId)) return true
    }
    return false
  }

  connected(account: Account, session: CliSession): void {
    this.sending.set(session.id, new Map())
    for (const { id, targets } of account.all('deliveries').oldestFirst()) {
      if (targets.some((target) => isDue(target, session.id))) this.send(account, session.id, id)
    }
  }

  received(account: Account, session: CliSession, message: FromCli): void {
    if (message.type === 'event_ack') this.acknowledge(account, session, message.event_id, message)
    else this.answered(account, session, message)
  }

  ended(account: Account, session: CliSession): void {
    this.sending.delete(session.id)
    const at = this.context.clock.milliseconds()
    const attempt = { at, milliseconds: 0, status: null, answer: 'stripe listen did not reconnect' }
    for (const { id, targets } of account.all('deliveries').oldestFirst()) {
      if (!targets.some((target) => isDue(target, session.id))) continue
      changeTarget(account, id, session.id, (target) => ({
        ...target,
        state: 'failed',
        attempts: [...target.attempts, attempt],
      }))
    }
  }

  private plan(accountId: string, record: EventDeliveries): void {
    for (const target of record.targets) {
      if (!isThroughCli(target) || target.state !== 'pending') continue
      if (this.sending.get(target.endpoint)?.has(record.id)) continue
      if (!this.connections.isOpen(target.endpoint)) continue
      this.send(new Account(accountId, this.context), target.endpoint, record.id)
    }
  }

  private send(account: Account, sessionId: string, eventId: string): void {
    const body = JSON.stringify(account.get('event', eventId), null, 2)
    const headers = deliveryHeaders([this.context.listenSecret(account.id)], body)
    const conversations = new Set<string>()
    this.sendingTo(sessionId).set(eventId, { startedAt: performance.now(), conversations })
    // The CLI does not say which of the two it wants. It acknowledges both and forwards one.
    for (const version of [null, API_VERSION]) {
      const conversation = newId('cli_conversation')
      conversations.add(conversation)
      this.connections.send(sessionId, {
        type: 'webhook_event',
        endpoint: { api_version: version },
        event_payload: body,
        http_headers: headers,
        webhook_conversation_id: conversation,
        webhook_id: sessionId,
      })
    }
  }

  private acknowledge(
    account: Account,
    session: CliSession,
    eventId: string,
    { webhook_conversation_id: conversation }: { webhook_conversation_id: string },
  ): void {
    const events = this.sendingTo(session.id)
    const sending = events.get(eventId)
    if (!sending?.conversations.delete(conversation) || sending.conversations.size > 0) return
    events.delete(eventId)
    this.record(account, session, eventId, sending.startedAt, (target, attempt) =>
      target.state === 'pending'
        ? {
            ...target,
            state: 'taken',
            attempts: [...target.attempts, { ...attempt, status: null, answer: takenBy(session) }],
          }
        : target,
    )
  }

  private answered(account: Account, session: CliSession, response: WebhookResponse): void {
    const { notification_id: eventId, status } = response
    const sending = this.sendingTo(session.id).get(eventId)
    // The shop's answer replaces the acknowledgement, and may arrive before it.
    this.sendingTo(session.id).delete(eventId)
    const accepted = status >= 200 && status < 300
    this.record(account, session, eventId, sending?.startedAt, (target, attempt) => {
      const before = target.state === 'taken' ? target.attempts.at(-1) : undefined
      const answer: DeliveryAttempt = {
        ...attempt,
        ...(before && { at: before.at, milliseconds: Math.max(attempt.at - before.at, 0) }),
        status,
        answer: response.body.slice(0, LONGEST_ANSWER),
      }
      return {
        ...target,
        state: accepted ? 'delivered' : 'failed',
        attempts: [...(before ? target.attempts.slice(0, -1) : target.attempts), answer],
      }
    })
    if (accepted) return
    this.log.warn(
      { event: eventId, to: session.forwardsTo, status, answer: response.body.slice(0, 200) },
      'a webhook delivery failed',
    )
  }

  private record(
    account: Account,
    session: CliSession,
    eventId: string,
    startedAt: number | undefined,
    change: (target: Delivery, attempt: Pick<DeliveryAttempt, 'at' | 'milliseconds'>) => Delivery,
  ): void {
    const milliseconds = startedAt === undefined ? 0 : Math.round(performance.now() - startedAt)
    const at = this.context.clock.milliseconds() - milliseconds
    untilStored(() => {
      if (!account.find('deliveries', eventId)) return
      this.context.store.transaction(() =>
        changeTarget(account, eventId, session.id, (target) => change(target, { at, milliseconds })),
      )
    }, this.log)
  }

  private sendingTo(sessionId: string): Map<string, Sending> {
    let events = this.sending.get(sessionId)
    if (!events) this.sending.set(sessionId, (events = new Map<string, Sending>()))
    return events
  }
}

function isDue(target: Delivery, sessionId: string): boolean {
  return target.endpoint === sessionId && target.state === 'pending'
}

function takenBy(session: CliSession): string {
  return session.forwardsTo === null
    ? 'stripe listen has the event, and forwards to nowhere'
    : 'stripe listen has the event and reported no answer: it does not forward this type, or could not reach its URL'
}
