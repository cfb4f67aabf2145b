// Stripe's deliveries and shoppers who sign in, buy and pay, through the site's TLS, at a steady rate.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import Stripe from 'stripe'
import type { SignedEvent } from '../../src/webhooks/verify.js'
import { payByCard, sessionOf } from '../support/pay-page.js'
import { PASSWORD } from '../support/shopper.js'
import { hasFailed, History, isAcknowledged, type Exchange, type Kind } from './history.js'
import { httpsClient, type Answer, type Asked, type HttpsClient } from './https-client.js'
import type { Site } from './site.js'

/** Pauses between two deliveries, and between two shoppers. */
const EVENT_EVERY_MS = 80
const SHOPPER_EVERY_MS = 600
/** Deliveries under way. */
const AT_ONCE = 12
/** An event that was not accepted is delivered again. */
const AGAIN_AFTER_MS = 500
const SHOPPERS = 8
/** Without a failure, it has recovered. */
const CALM_MS = 3000

interface Shopper {
  email: string
  client: HttpsClient
  isBusy: boolean
}

export class Traffic {
  readonly history = new History()
  /** Sessions that Stripe says were paid. */
  readonly paid = new Set<string>()
  private readonly deliveries: SignedEvent[] = []
  private readonly shoppers: Shopper[] = []
  private readonly stripe: HttpsClient
  private readonly underWay = new Set<Promise<void>>()
  private running: Promise<unknown> = Promise.resolve()
  private readonly accepted: SignedEvent[] = []
  private isFinishing = false
  private isStopping = false
  private underWayEvents = 0
  private productId = 0

  constructor(
    private readonly site: Site,
    private readonly random: () => number,
  ) {
    this.stripe = httpsClient(site, '127.0.0.1')
  }

  /** Registers the shoppers, who will buy this product. */
  async open(productId: number): Promise<void> {
    this.productId = productId
    for (let count = 0; count < SHOPPERS; count++) {
      const email = `${randomBytes(6).toString('hex')}@shopper.example`
      const client = httpsClient(this.site, `127.0.1.${count + 1}`)
      const answer = await client.ask('/register', form({ name: 'Ada Shopper', email, password: PASSWORD }))
      if (answer.status !== 303) throw new Error(`Nobody can register: ${answer.status}\n${answer.text}`)
      this.shoppers.push({ email, client, isBusy: false })
    }
  }

  /** Each event is delivered as often as it is listed, until it is accepted, and now and then again. */
  send(events: readonly SignedEvent[]): void {
    this.deliveries.push(...events)
  }

  start(): void {
    this.isFinishing = false
    this.isStopping = false
    this.running = Promise.all([
      this.every(EVENT_EVERY_MS, () => this.deliver()),
      this.every(SHOPPER_EVERY_MS, () => this.shop()),
    ])
  }

  /** Ends when every event is accepted and every shopper has finished. */
  async finish(patienceSeconds: number): Promise<void> {
    this.isFinishing = true
    const deadline = Date.now() + patienceSeconds * 1000
    while (this.deliveries.length > 0 || this.underWayEvents > 0) {
      if (Date.now() > deadline) throw new Error(`${this.deliveries.length} deliveries were not accepted.`)
      await wait(50)
    }
    await this.stop()
  }

  async stop(): Promise<void> {
    this.isStopping = true
    await this.running
    await Promise.all(this.underWay)
  }

  async close(): Promise<void> {
    this.deliveries.length = 0
    await this.stop()
    this.stripe.close()
    for (const { client } of this.shoppers) client.close()
  }

  /** Resolves at the first failure since then, as an operator's alert does. */
  async untilFailing(since: number): Promise<void> {
    await this.until(() => this.history.since(since).some(hasFailed), 'No request has failed')
  }

  /** Resolves after this many more acknowledged requests of a kind. */
  async untilAccepted(kind: Kind, count: number): Promise<void> {
    const since = this.history.now()
    const accepted = () => this.history.since(since).filter((one) => one.kind === kind && isAcknowledged(one))
    await this.until(() => accepted().length >= count, `Not ${count} of ${kind} were accepted`)
  }

  /** Resolves when everything succeeds again and has done so for a while. */
  async untilCalm(): Promise<void> {
    let calmSince = this.history.now()
    await this.until(() => {
      const last = this.history.exchanges.findLast(hasFailed)
      if (last !== undefined) calmSince = Math.max(calmSince, last.at + last.took)
      if (this.history.now() - calmSince < CALM_MS) return false
      const good = new Set(this.history.since(calmSince).flatMap((one) => (hasFailed(one) ? [] : [one.kind])))
      return (['event', 'sign-in', 'checkout', 'orders'] as const).every((kind) => good.has(kind))
    }, 'It has not recovered')
  }

  private async until(isSo: () => boolean, otherwise: string): Promise<void> {
    const deadline = Date.now() + 90_000
    while (!isSo()) {
      if (Date.now() > deadline)
        throw new Error(`${otherwise}: ${JSON.stringify(this.history.exchanges.slice(-10))}`)
      await wait(50)
    }
  }

  private async every(pause: number, begin: () => Promise<void>): Promise<void> {
    while (!this.isStopping) {
      const work = begin().finally(() => this.underWay.delete(work))
      this.underWay.add(work)
      await wait(pause * (0.5 + this.random()))
    }
  }

  private async deliver(): Promise<void> {
    if (this.underWayEvents >= AT_ONCE) return
    const event = this.deliveries.shift() ?? this.oneAgain()
    if (event === undefined) return
    this.underWayEvents++
    const signature = Stripe.webhooks.generateTestHeaderString({
      payload: event.text,
      secret: this.site.webhookSecret,
    })
    const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature }
    const asked = { method: 'POST', headers, body: event.text }
    const { status } = await this.ask('event', event.id, this.stripe, '/stripe/webhook', asked)
    if (status !== 200) {
      await wait(AGAIN_AFTER_MS)
      this.deliveries.push(event)
    } else this.accepted.push(event)
    this.underWayEvents--
  }

  /** Stripe may send what was accepted again. */
  private oneAgain(): SignedEvent | undefined {
    return this.isFinishing ? undefined : this.accepted[Math.floor(this.random() * this.accepted.length)]
  }

  /** One shopper signs in, buys, pays, and looks at the orders. What fails ends the visit. */
  private async shop(): Promise<void> {
    const shopper = this.shoppers.find(({ isBusy }) => !isBusy)
    if (shopper === undefined) return
    shopper.isBusy = true
    try {
      await this.buy(shopper)
    } finally {
      shopper.isBusy = false
      // The others' turn.
      this.shoppers.push(...this.shoppers.splice(this.shoppers.indexOf(shopper), 1))
    }
  }

  private async buy({ email, client }: Shopper): Promise<void> {
    const signedIn = await this.ask(
      'sign-in',
      email,
      client,
      '/login',
      form({ email, password: PASSWORD }),
      sid,
    )
    const cookie = cookieOf(signedIn)
    if (signedIn.status !== 303 || cookie === undefined) return
    const order = form({ quantity: '1' }, cookie)
    const path = `/checkout/${this.productId}`
    const sent = await this.ask('checkout', email, client, path, order, ({ headers }) => [
      sessionOf(headers.location ?? ''),
    ])
    const payUrl = sent.headers.location ?? ''
    if (sent.status !== 303 || sessionOf(payUrl) === '') return
    const paying = await payByCard(payUrl).catch(() => null)
    if (paying?.status !== 303) return
    this.paid.add(sessionOf(payUrl))
    const { pathname, search } = new URL(String(paying.headers['location']))
    const headers = { cookie }
    await this.ask('return', email, client, pathname + search, { headers })
    await this.ask('orders', email, client, '/api/orders', { headers }, ({ status, text }) =>
      status === 200
        ? (JSON.parse(text) as { orders: { order_id: string; status: string }[] }).orders.map(
            (one) => `${one.order_id} ${one.status}`,
          )
        : [],
    )
  }

  private async ask(
    kind: Kind,
    what: string,
    client: HttpsClient,
    path: string,
    asked: Asked,
    told: (answer: Answer) => string[] = () => [],
  ): Promise<Answer> {
    const at = this.history.now()
    const answer = await client.ask(path, asked)
    const exchange: Exchange = {
      kind,
      at,
      took: this.history.now() - at,
      what,
      status: answer.status,
      told: [],
    }
    if (answer.status >= 200 && answer.status < 400) exchange.told = told(answer)
    this.history.exchanges.push(exchange)
    return answer
  }
}

const form = (fields: Record<string, string>, cookie?: string): Asked => ({
  method: 'POST',
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'text/html',
    ...(cookie !== undefined && { cookie }),
  },
  body: new URLSearchParams(fields).toString(),
})

function cookieOf({ headers }: Answer): string | undefined {
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0] ?? '')
  return cookies.find((cookie) => /^(__Host-)?till=/.test(cookie))
}

/** The shop's own session, as its table names it. */
function sid(answer: Answer): string[] {
  const value = decodeURIComponent((cookieOf(answer) ?? '').replace(/^[^=]*=/, ''))
  return [value.replace(/^s:/, '').replace(/\.[^.]*$/, '')]
}
