// The sandbox without its server: builds state, clock, deliveries, API and pages, and connects them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { accountOfKey } from './api/authentication.js'
import { apiHandler } from './api/handler.js'
import { present } from './api/present.js'
import { CliConnections } from './cli/connections.js'
import { Listeners } from './cli/listeners.js'
import { RequestLogs } from './cli/request-logs.js'
import { Faults } from './faults/faults.js'
import { runJobs } from './jobs.js'
import { silentLog } from './log.js'
import { pages } from './pages/app.js'
import { createEndpoint } from './resources/webhook-endpoints.js'
import type { Sandbox, SandboxOptions } from './sandbox.js'
import { changeSetting, setting } from './settings.js'
import { Account, type Context } from './state/account.js'
import { Clock } from './state/clock.js'
import { compactWhileRunning } from './state/compaction.js'
import { lockDirectory } from './state/directory-lock.js'
import { forgetOldEvents } from './state/forget-old-events.js'
import { derivedText, newId } from './state/identifiers.js'
import { Journal } from './state/journal.js'
import { Store } from './state/store.js'
import { Timetable } from './state/timetable.js'
import { Deliverer } from './webhooks/deliverer.js'

/** In seconds. Shorter than at Stripe, whose sandboxes retry three times over a few hours. */
const DEFAULT_RETRY_DELAYS = [5, 30, 120, 600, 3600]
const DEFAULT_DELAYED_METHOD_SECONDS = 15
const DEFAULT_CLI_RECONNECT_SECONDS = 3600

export interface Engine extends Omit<Sandbox, 'url' | 'port' | 'socket' | 'close'> {
  answer: (request: IncomingMessage, response: ServerResponse) => void
  /** Handles a WebSocket upgrade request. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Stops timers, deliveries and CLI connections. */
  stop: () => void
  /** Closes the journal and releases the lock on the state directory. */
  release: () => void
}

export async function startEngine(options: SandboxOptions, baseUrl: string, port: number): Promise<Engine> {
  const { dir, log = silentLog } = options
  const unlock = dir === undefined ? undefined : await lockDirectory(dir, port)
  const journal = dir === undefined ? undefined : new Journal(dir, options.compactAbove)
  const store = new Store(journal)
  store.compact()
  const clock = new Clock(Number(setting(store, 'clock_offset', () => '0')))
  const secretKey = setting(store, 'secret_key', () => newId('secret_key'))
  const publishableKey = `pk_test_${derivedText(`publishable ${secretKey}`, 32)}`
  const webhookSecret = setting(store, 'webhook_secret', () => newId('webhook_secret'))
  forgetOldEvents(store, clock)
  if (journal) compactWhileRunning(store, journal, clock, log)

  const delayedMethodSeconds = options.delayedMethodSeconds ?? DEFAULT_DELAYED_METHOD_SECONDS
  const cliReconnectSeconds = options.cliReconnectSeconds ?? DEFAULT_CLI_RECONNECT_SECONDS
  const accountId = accountOfKey(secretKey)
  // The sandbox's own account signs everything with one secret, so a shop that has the secret of `addWebhookEndpoint`
  // also accepts what `stripe listen` forwards.
  const listenSecret = (id: string): string =>
    id === accountId ? webhookSecret : `whsec_${derivedText(`listen ${webhookSecret} ${id}`, 32)}`
  const context: Context = {
    store,
    clock,
    baseUrl,
    delayedMethodSeconds,
    cliReconnectSeconds,
    listenSecret,
    present,
  }
  const account = new Account(accountId, context)
  const timetable = new Timetable(clock)
  runJobs(context, timetable, log)
  const faults = new Faults()
  faults.set(options.faults ?? {})
  const deliverer = new Deliverer(
    context,
    timetable,
    options.retryDelays ?? DEFAULT_RETRY_DELAYS,
    faults,
    log,
  )
  const connections = new CliConnections(context, log)
  const listeners = new Listeners(context, connections, log)
  const requestLogs = new RequestLogs(context, connections)

  const advanceClock = (seconds: number): void => {
    changeSetting(store, 'clock_offset', String(clock.advance(seconds * 1000)))
    timetable.wake()
  }
  const api = apiHandler(context, log, (id, request) => requestLogs.report(id, request), faults)
  const app = pages({
    context,
    account,
    secretKey,
    publishableKey,
    webhookSecret,
    advanceClock,
    log,
    faults,
  })

  return {
    secretKey,
    publishableKey,
    webhookSecret,
    addWebhookEndpoint({ url, enabledEvents = ['*'], secret = webhookSecret }) {
      return Promise.resolve(
        store.transaction(() => configureEndpoint(account, { url, enabledEvents, secret })),
      )
    },
    advanceClock,
    faults,
    async idle() {
      while (deliverer.isBusy() || listeners.isBusy() || timetable.hasDue()) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    answer(request, response) {
      // An SDK also needs an answer in the API's shape when it asks for an unknown path.
      const forApi = /^\/v\d(\/|\?|$)/.test(request.url ?? '') || request.headers.authorization !== undefined
      if (forApi) void api(request, response)
      else app(request, response)
    },
    upgrade: (request, socket, head) => connections.accept(request, socket, head),
    stop() {
      timetable.close()
      deliverer.close()
      connections.close()
    },
    release() {
      journal?.close()
      unlock?.()
    },
  }
}

/** Reuses the endpoint that has this URL, so that a restarted shop gets the same endpoint. */
function configureEndpoint(
  account: Account,
  given: { url: string; enabledEvents: string[]; secret: string },
): { id: string; secret: string } {
  for (const known of account.all('webhook_endpoint').oldestFirst()) {
    if (known.url !== given.url) continue
    account.update('webhook_endpoint', known.id, { enabled_events: given.enabledEvents, status: 'enabled' })
    account.save('endpoint_secret', { id: known.id, secret: given.secret })
    return { id: known.id, secret: given.secret }
  }
  return { id: createEndpoint(account, given).id, secret: given.secret }
}
