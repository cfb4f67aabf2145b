// A short test of the official Stripe CLI against the sandbox. The full ones are in cli/.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../src/index.js'
import { client, createEndpoint, type Endpoint } from './support/world.js'
import { cliFor, type Cli, type Way } from './support/stripe-cli.js'

let dir: string
let sandbox: Sandbox
let shop: Endpoint
let cli: Cli

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sandbox-'))
  sandbox = await createSandbox({ dir })
  shop = await createEndpoint((body, signature) => {
    stripe().webhooks.constructEvent(body, signature, sandbox.webhookSecret)
  })
})
afterEach(async () => {
  await cli.close()
  await shop.close()
  await sandbox.close()
  rmSync(dir, { recursive: true, force: true })
})

const stripe = () => client(sandbox, sandbox.secretKey)

test.each<Way>(['socket', 'api-base'])(
  'by %s: listen forwards what trigger creates, and the event’s page shows it',
  async (way) => {
    cli = cliFor(sandbox, way)
    const listen = cli.start('listen', '--skip-update', '--all-snapshot', '--forward-to', shop.url)
    await listen.until('Ready!')
    expect(listen.output()).toContain(sandbox.webhookSecret)
    expect(await cli.run('trigger', 'checkout.session.completed')).toMatchObject({ code: 0 })
    await listen.until('[200]', 6)
    await sandbox.idle()

    const [event] = (await stripe().events.list({ type: 'checkout.session.completed' })).data
    if (!event) throw new Error('the event is missing')
    const delivery = shop.deliveries.find(({ body }) => body.includes(event.id))
    expect(delivery?.body).toBe(JSON.stringify(JSON.parse(delivery?.body ?? ''), null, 2))
    expect(delivery?.headers['user-agent']).toBe('Stripe/1.0 (+https://stripe.com/docs/webhooks)')
    const page = await (await fetch(`${sandbox.url}/events/${event.id}`)).text()
    expect(page).toContain(`stripe listen → ${shop.url}`)
    expect(page).toContain('answer of the shop')
    expect(page).toContain('<strong>200</strong>')
    expect((await stripe().events.retrieve(event.id)).pending_webhooks).toBe(0)
    expect((await listen.stop('SIGINT')).code).toBe(0)
  },
)
