import { Router } from 'express'
import { formatAmount } from '../money/currencies.js'
import { testAccounts } from '../payments/bank-accounts.js'
import { testCards } from '../payments/test-cards.js'
import { Account } from '../state/account.js'
import { isThroughCli, listenersOf, nameOf } from '../state/delivery-targets.js'
import { resend } from '../webhooks/resend.js'
import { message, type Parts } from './app.js'

const pageSize = 50

/** The page for developers: keys, what was sold, what was sent, and a way to send it again. */
export function developerPages(parts: Parts): Router {
  const { surroundings } = parts
  const router = Router()

  router.get('/', (request, response) => {
    const asked = request.query.account
    const others = surroundings.store
      .accountIds()
      .filter((id) => id.startsWith('acct_') && id !== parts.account.id)
    const account =
      typeof asked === 'string' && others.includes(asked) ? new Account(asked, surroundings) : parts.account
    response.render('developer', {
      title: 'Sandbox',
      baseUrl: surroundings.baseUrl,
      own: account.id === parts.account.id,
      accountId: account.id,
      accounts: [parts.account.id, ...others],
      secretKey: parts.secretKey,
      publishableKey: parts.publishableKey,
      webhookSecret: parts.webhookSecret,
      endpoints: [...account.all('webhook_endpoint').newestFirst()],
      listeners: listenersOf(account).map(nameOf),
      sessions: first(account.all('checkout.session').newestFirst()).map((session) => ({
        ...session,
        amount: formatAmount(session.amount_total ?? 0, session.currency ?? 'usd'),
        at: timeOf(session.created),
      })),
      events: first(account.all('event').newestFirst()).map((event) => ({
        ...event,
        at: timeOf(event.created),
        state: deliveryState(account, event.id),
      })),
      testCards,
      testAccounts,
    })
  })

  router.get('/events/:event', (request, response) => {
    const accountId = surroundings.store.accountOf('event', request.params.event)
    if (accountId === undefined) {
      message(response, 404, 'There is no such event', 'It may be older than 30 days.')
      return
    }
    const account = new Account(accountId, surroundings)
    const event = account.get('event', request.params.event)
    response.render('event', {
      title: event.type,
      event,
      at: timeOf(event.created),
      payload: JSON.stringify(event, null, 2),
      targets: (account.find('deliveries', event.id)?.targets ?? []).map((target) => ({
        ...target,
        url:
          target.name ??
          account.find('webhook_endpoint', target.endpoint)?.url ??
          `${target.endpoint} (deleted)`,
        ended: isThroughCli(target) && !account.find('cli_session', target.endpoint),
        attempts: target.attempts.map((attempt) => ({ ...attempt, at: timeOf(attempt.at / 1000) })),
        next: target.state === 'pending' && !isThroughCli(target) ? timeOf(target.due / 1000) : null,
      })),
    })
  })

  router.post('/events/:event/resend', (request, response) => {
    const accountId = surroundings.store.accountOf('event', request.params.event)
    if (accountId === undefined) {
      message(response, 404, 'There is no such event', 'It may be older than 30 days.')
      return
    }
    const account = new Account(accountId, surroundings)
    const { endpoint } = (request.body ?? {}) as { endpoint?: unknown }
    const endpoints =
      typeof endpoint === 'string'
        ? [endpoint]
        : [...account.all('webhook_endpoint').oldestFirst(), ...listenersOf(account)].map((known) => known.id)
    surroundings.store.transaction(() => endpoints.forEach((id) => resend(account, request.params.event, id)))
    response.redirect(303, `/events/${request.params.event}`)
  })
  return router
}

function first<T>(records: Iterable<T>): T[] {
  const found: T[] = []
  for (const record of records) if (found.push(record) === pageSize) break
  return found
}

function deliveryState(account: Account, eventId: string): string {
  const targets = account.find('deliveries', eventId)?.targets ?? []
  if (targets.length === 0) return 'no endpoint'
  if (targets.some((target) => target.state === 'failed')) return 'failed'
  if (targets.some((target) => target.state === 'pending')) return 'pending'
  return targets.some((target) => target.state === 'delivered') ? 'delivered' : 'taken'
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19)
}
