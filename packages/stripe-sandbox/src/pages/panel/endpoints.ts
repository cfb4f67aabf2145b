import { liveSecrets, rollSecret } from '../../webhooks/endpoint-secrets.js'
import { panelKind } from './kind.js'
import { facts, metadataFacts, time } from './format.js'

/** Webhook endpoints. */
export const endpoints = panelKind<'webhook_endpoint'>({
  path: 'endpoints',
  kind: 'webhook_endpoint',
  title: 'Endpoints',
  empty: 'None. Start the sandbox with --webhook URL, or create one with the API.',
  columns: [
    { label: 'URL', as: 'code' },
    { label: 'Status', as: 'state' },
    { label: 'Events', extra: true },
  ],
  states: ['enabled', 'disabled'],
  state: (_, endpoint) => endpoint.status,
  cells: (_, endpoint) => [
    endpoint.url,
    endpoint.status,
    endpoint.enabled_events.length > 2
      ? `${endpoint.enabled_events.length} types`
      : endpoint.enabled_events.join(', ').replace('*', 'all'),
  ],
  words: (_, endpoint) => [endpoint.id, endpoint.url, endpoint.description],
  page(account, endpoint) {
    return {
      title: endpoint.url,
      state: endpoint.status,
      facts: facts(
        liveSecrets(account, endpoint.id).map((secret, index) => ({
          label: index === 0 ? 'Secret' : 'Old secret, still live',
          value: secret,
          code: true,
        })),
        { label: 'Events', value: endpoint.enabled_events.join(', ').replace('*', 'all') },
        { label: 'Description', value: endpoint.description ?? '' },
        { label: 'Created', value: time(endpoint.created) },
        metadataFacts(endpoint.metadata),
      ),
      links: [{ href: `/deliveries?q=${endpoint.id}`, label: 'Its deliveries' }],
      actions: [
        endpoint.status === 'enabled'
          ? {
              name: 'disable',
              title: 'Disable',
              explain: 'What is on its way to it fails, and nothing new is sent.',
              buttons: [{ label: 'Disable', quiet: true }],
            }
          : { name: 'enable', title: 'Enable', buttons: [{ label: 'Enable' }] },
        {
          name: 'roll',
          title: 'Roll the secret',
          explain: 'A new secret. While the old one lives too, every delivery has a signature by each.',
          fields: [
            {
              name: 'overlap',
              label: 'The old one lives',
              options: [
                { value: '86400', label: '24 hours' },
                { value: '3600', label: '1 hour' },
                { value: '0', label: 'no longer' },
              ],
            },
          ],
          buttons: [{ label: 'Roll', quiet: true }],
        },
      ],
    }
  },
  actions: {
    roll(account, endpoint, { text }) {
      rollSecret(account, endpoint.id, Number(text('overlap')) || 0)
      return 'There is a new secret. Give it to the shop.'
    },
    disable(account, endpoint) {
      account.update('webhook_endpoint', endpoint.id, { status: 'disabled' })
      return 'The endpoint is disabled.'
    },
    enable(account, endpoint) {
      account.update('webhook_endpoint', endpoint.id, { status: 'enabled' })
      return 'The endpoint is enabled.'
    },
  },
})
