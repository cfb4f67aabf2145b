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
import { silentLog, type Log } from './log.js'
import { refusalOf } from './other-sites.js'
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
import { untilStored } from './state/until-stored.js'
import { Timetable } from './state/timetable.js'
import { Deliverer } from './webhooks/deliverer.js'
import type { WebhookEndpoint } from './wire.js'

/** In seconds. Shorter than at Stripe, whose sandboxes retry three times over a few hours. */
const DEFAULT_RETRY_DELAYS = [5, 30, 120, 600, 3600]
const DEFAULT_DELAYED_METHOD_SECONDS = 15
const DEFAULT_CLI_RECONNECT_SECONDS = 3600

export interface Engine extends Omit<Sandbox, 'url' | 'port' | 'socket' | 'close'> {
  /** `local`: the request came over the Unix socket, which no browser can reach. */
  answer: (request: IncomingMessage, response: ServerResponse, local: boolean) => void
  /** Handles a WebSocket upgrade request. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, local: boolean) => void
  /** Stops timers, deliveries and CLI connections. */
  stop: () => void
  /** Closes the journal and releases the lock on the state directory. */
  release: () => void
}

export async function startEngine(options: SandboxOptions, baseUrl: string, port: number): Promise<Engine> {
  const { dir, log = silentLog } = options
  const allowedHosts = (options.allowedHosts ?? []).map((name) => name.toLowerCase())
  const unlock = dir === undefined ? undefined : await lockDirectory(dir, port, log)
  const journal = dir === undefined ? undefined : new Journal(dir, options.compactAbove, log)
  const store = new Store(journal)
  openJournal(store, journal, log)
  const clock = new Clock(Number(setting(store, 'clock_offset', () => '0')))
  const secretKey = setting(store, 'secret_key', () => newId('secret_key'))
  const publishableKey = `pk_test_${derivedText(`publishable ${secretKey}`, 32)}`
  const webhookSecret = setting(store, 'webhook_secret', () => newId('webhook_secret'))
  untilStored(() => forgetOldEvents(store, clock), log)
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
    businessName: options.businessName ?? (() => undefined),
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
    clock.advance(seconds * 1000, (offset) => changeSetting(store, 'clock_offset', String(offset)))
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
    answer(request, response, local) {
      // An SDK also needs an answer in the API's shape when it asks for an unknown path.
      const forApi = /^\/v\d(\/|\?|$)/.test(request.url ?? '') || request.headers.authorization !== undefined
      const refusal = local && forApi ? null : refusalOf(request, allowedHosts, !forApi)
      if (refusal !== null) refuse(response, refusal, forApi)
      else if (forApi) void api(request, response)
      else app(request, response)
    },
    upgrade(request, socket, head, local) {
      if (local || refusalOf(request, allowedHosts, false) === null) connections.accept(request, socket, head)
      else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
    },
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

/** A full disk is no reason not to start: what is there can be read, and requests that change nothing work. */
function openJournal(store: Store, journal: Journal | undefined, log: Log): void {
  try {
    store.compact()
  } catch (error) {
    log.warn({ err: error }, 'the journal could not be rewritten')
    journal?.open()
  }
}

/** The unread rest of the request's body would be taken for the next request, so the connection is closed. */
function refuse(response: ServerResponse, message: string, forApi: boolean): void {
  const [type, body] = forApi
    ? ['application/json', JSON.stringify({ error: { message, type: 'invalid_request_error' } }, null, 2)]
    : ['text/plain; charset=utf-8', message]
  response.writeHead(403, { 'Content-Type': type, Connection: 'close' }).end(body)
}

/** Reuses the endpoint that has this URL, so that a restarted shop gets the same endpoint. */
function configureEndpoint(
  account: Account,
  given: { url: string; enabledEvents: string[]; secret: string },
): { id: string; secret: string } {
  for (const known of account.all('webhook_endpoint').oldestFirst()) {
    if (known.url !== given.url) continue
    if (isConfigured(account, known, given)) return { id: known.id, secret: given.secret }
    account.update('webhook_endpoint', known.id, { enabled_events: given.enabledEvents, status: 'enabled' })
    account.save('endpoint_secret', { id: known.id, secret: given.secret })
    return { id: known.id, secret: given.secret }
  }
  return { id: createEndpoint(account, given).id, secret: given.secret }
}

/** Then nothing is written, so that a program that adds its endpoint at every start also starts on a full disk. */
function isConfigured(
  account: Account,
  known: WebhookEndpoint,
  { enabledEvents, secret }: { enabledEvents: string[]; secret: string },
): boolean {
  return (
    known.status === 'enabled' &&
    known.enabled_events.join() === enabledEvents.join() &&
    account.find('endpoint_secret', known.id)?.secret === secret
  )
}
