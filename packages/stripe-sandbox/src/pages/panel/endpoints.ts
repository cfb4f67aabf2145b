// The panel's pages of webhook endpoints.
import { liveSecrets, rollSecret } from '../../webhooks/endpoint-secrets.js'
import { panelKind } from './kind.js'
import { facts, metadataFacts, time } from './format.js'

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
              explain: 'Pending deliveries fail, and nothing new is sent.',
              buttons: [{ label: 'Disable', quiet: true }],
            }
          : { name: 'enable', title: 'Enable', buttons: [{ label: 'Enable' }] },
        {
          name: 'roll',
          title: 'Roll the secret',
          explain: 'Creates a new secret. While the old one is still valid, deliveries are signed with both.',
          fields: [
            {
              name: 'overlap',
              label: 'The old secret is valid',
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
      return 'Secret rolled. Give the new one to the shop.'
    },
    disable(account, endpoint) {
      account.update('webhook_endpoint', endpoint.id, { status: 'disabled' })
      return 'Endpoint disabled.'
    },
    enable(account, endpoint) {
      account.update('webhook_endpoint', endpoint.id, { status: 'enabled' })
      return 'Endpoint enabled.'
    },
  },
})
