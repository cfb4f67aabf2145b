// The panel's pages of events.
import { resend } from '../../webhooks/resend.js'
import { isThroughCli } from '../../state/delivery-targets.js'
import { deliveryState, nameOfTarget } from './delivery-state.js'
import { objectPath } from './find.js'
import { panelKind } from './kind.js'
import { facts, time } from './format.js'

/** An event's page shows the body exactly as it is delivered. */
export const events = panelKind<'event'>({
  path: 'events',
  kind: 'event',
  title: 'Events',
  empty: 'None yet. Every change of a payment creates an event.',
  columns: [
    { label: 'Type' },
    { label: 'Delivery', as: 'state' },
    { label: 'About', as: 'code', extra: true },
    { label: 'When', as: 'time', extra: true },
  ],
  states: ['delivered', 'taken', 'pending', 'failed', 'dropped', 'no endpoint'],
  state: (account, event) => deliveryState(account, event.id),
  cells: (account, event) => [
    event.type,
    deliveryState(account, event.id),
    (event.data.object as { id?: string }).id ?? '',
    time(event.created),
  ],
  words: (_, event) => [event.id, event.type, (event.data.object as { id?: string }).id, event.request.id],
  page(account, event) {
    const about = (event.data.object as { id?: string }).id ?? ''
    return {
      title: event.type,
      state: deliveryState(account, event.id),
      facts: facts(
        { label: 'About', value: about, href: objectPath(account, about) ?? '', code: true },
        { label: 'Created', value: time(event.created) },
        { label: 'API version', value: event.api_version },
        {
          label: 'Caused by',
          value: event.request.id ?? 'none (scheduled)',
          code: event.request.id !== null,
        },
        { label: 'Idempotency key', value: event.request.idempotency_key ?? '', code: true },
      ),
      deliveries: (account.find('deliveries', event.id)?.targets ?? []).map((target) => ({
        endpoint: target.endpoint,
        href: account.find('webhook_endpoint', target.endpoint) ? `/endpoints/${target.endpoint}` : null,
        url: nameOfTarget(account, target),
        state: target.state,
        ended: isThroughCli(target) && !account.find('cli_session', target.endpoint),
        next: target.state === 'pending' && !isThroughCli(target) ? time(target.due / 1000) : null,
        attempts: target.attempts.map((attempt) => ({ ...attempt, at: time(attempt.at / 1000) })),
      })),
      actions: [
        {
          name: 'resend',
          title: 'Send again',
          explain:
            'Sends it to any endpoint of this account or running stripe listen, whether or not it received the event before.',
          buttons: [{ label: 'Send again' }],
        },
      ],
    }
  },
  actions: {
    resend(account, event, { text }) {
      const endpoint = text('endpoint')
      const all = [...account.all('webhook_endpoint').oldestFirst(), ...account.listeners()].map(
        (known) => known.id,
      )
      for (const id of endpoint === '' ? all : [endpoint]) resend(account, event.id, id)
      return 'Event sent again.'
    },
  },
})
