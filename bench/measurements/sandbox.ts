// The local Stripe itself: how fast it creates sessions, takes payments and delivers events, beside a trivial server.
import { randomBytes, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Bench } from '../main.js'
import { freePort, startNode, untilAnswers, type Child } from '../child.js'
import { cpuSeconds } from '../processes.js'
import { startFloor } from '../floor.js'
import { newDataFolder } from '../folders.js'
import { httpRequest, load, type Load } from '../load.js'
import { quantile } from '../statistics.js'
import type { Row, Section } from '../table.js'

const TOGETHER = 16
/** The sandbox's own limit of concurrent deliveries. */
const DELIVERIES_TOGETHER = 32
const WARM_UP = 200
const DELIVERIES_A_SECOND = 500
/** Seconds. Longer than the sandbox waits before its first retry of a delivery. */
const UNTIL_REPEATED = 6

const FORM = 'application/x-www-form-urlencoded'

interface Run {
  perSecond: number
  p50: number
  p99: number
  /** CPU time of the server per request, in milliseconds. */
  cpu: number
}

interface Runs {
  sandbox: Run[]
  floor: Run[]
}

export async function sandbox(bench: Bench): Promise<Section[]> {
  const folder = await newDataFolder()
  const server = await startSandbox([])
  const kept = await startSandbox(['--dir', path.join(folder.path, 'sandbox')])
  const api = new Api(server)
  const answer = path.join(folder.path, 'session.json')
  await writeFile(answer, await api.post('/v1/checkout/sessions', sessionForm))
  const floor = await startFloor('answer', [answer])

  const sessions = await inTurns(
    bench,
    (count) => measured(server, TOGETHER, sessionRequests(api.key, count), 200),
    (count) => measured(floor, TOGETHER, sessionRequests(api.key, count), 200),
  )
  const onDisk = await inTurns(
    bench,
    (count) => measured(kept, TOGETHER, sessionRequests(api.key, count), 200),
    (count) => measured(floor, TOGETHER, sessionRequests(api.key, count), 200),
  )
  const payments = await inTurns(
    bench,
    async (count) => measured(server, TOGETHER, payRequests(await api.openCheckouts(count)), 303),
    (count) => measured(floor, TOGETHER, payRequests(Array<string>(count).fill('/c/pay/cs_test')), 200),
  )
  const deliveries = await measureDeliveries(bench, server, floor)

  await Promise.all([server.stop(), kept.stop(), floor.stop()])
  await folder.remove()
  const bare = 'floor: node:http, reads the same request and sends a constant session'
  return [
    section(`Sandbox: sessions, ${TOGETHER} at once`, 'sessions', sessions, [bare]),
    section(`Sandbox with --dir: sessions, ${TOGETHER} at once`, 'sessions', onDisk, [
      'each is written to the journal before the response',
      bare,
    ]),
    section(`Sandbox: pay form with 4242…, ${TOGETHER} at once`, 'payments', payments, [
      'sandbox: payment intent, charge and session updated, four events stored',
      bare,
    ]),
    section(
      `Sandbox: webhooks, ${DELIVERIES_TOGETHER} at once`,
      'deliveries',
      deliveries,
      [
        'sandbox: events that are all due at once are signed and sent, and their responses stored',
        'floor: the load generator sends the same event to the same receiver, a plain node:http server',
      ],
      false,
    ),
  ]
}

async function startSandbox(words: string[]): Promise<Child> {
  const port = await freePort()
  const child = startNode(
    ['packages/stripe-sandbox/bin/stripe-sandbox.mjs', '--port', String(port), ...words],
    port,
  )
  await untilAnswers(child, '/_sandbox/instance')
  return child
}

const sessionForm = new URLSearchParams({
  mode: 'payment',
  success_url: 'http://127.0.0.1:3000/orders/{CHECKOUT_SESSION_ID}',
  cancel_url: 'http://127.0.0.1:3000/cart',
  customer_email: 'shopper@shop.example',
  client_reference_id: 'ord_1',
  'metadata[order]': 'ord_1',
  'line_items[0][quantity]': '2',
  'line_items[0][price_data][currency]': 'usd',
  'line_items[0][price_data][unit_amount]': '2400',
  'line_items[0][price_data][product_data][name]': 'A mug',
}).toString()

const payForm = new URLSearchParams({
  email: 'shopper@shop.example',
  number: '4242424242424242',
  expiry: '12 / 40',
  cvc: '123',
  name: 'A shopper',
  country: 'US',
  postal_code: '94103',
}).toString()

/** Requests with an idempotency key each, as the official SDK sends them. */
function* sessionRequests(key: string, count: number): Generator<Buffer> {
  for (let index = 0; index < count; index++) {
    yield httpRequest(
      'POST',
      '/v1/checkout/sessions',
      { ...authorized(key), 'Idempotency-Key': randomUUID() },
      sessionForm,
    )
  }
}

function payRequests(paths: readonly string[]): Buffer[] {
  return paths.map((page) => httpRequest('POST', page, { 'Content-Type': FORM }, payForm))
}

function authorized(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}`, 'Content-Type': FORM }
}

/** Calls the sandbox's API as one account. */
class Api {
  readonly key = `sk_test_${randomBytes(12).toString('hex')}`
  private link: Promise<string> | undefined

  constructor(private readonly server: Child) {}

  async post(operation: string, form: string): Promise<string> {
    return this.ask(operation, { method: 'POST', body: form })
  }

  async get(operation: string): Promise<string> {
    return this.ask(operation, {})
  }

  /** Pay pages of new sessions. A payment link creates a session each time it is opened. */
  async openCheckouts(count: number): Promise<string[]> {
    this.link ??= this.createLink()
    const request = httpRequest('GET', await this.link)
    const { answers } = await load(this.server.port, TOGETHER, Array<Buffer>(count).fill(request), 303)
    return answers.map(({ location }) => location ?? '')
  }

  private async createLink(): Promise<string> {
    const price = await this.post('/v1/prices', 'currency=usd&unit_amount=2400&product_data[name]=A%20mug')
    const { id } = JSON.parse(price) as { id: string }
    const made = await this.post('/v1/payment_links', `line_items[0][price]=${id}&line_items[0][quantity]=1`)
    return `/b/${(JSON.parse(made) as { id: string }).id}`
  }

  private async ask(operation: string, init: RequestInit): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.server.port}${operation}`, {
      ...init,
      headers: authorized(this.key),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${operation}:\n${text}`)
    return text
  }
}

async function measured(
  server: Child,
  connections: number,
  requests: Iterable<Buffer>,
  expected: number,
): Promise<Run> {
  const before = cpuSeconds(server.pid)
  const result = await load(server.port, connections, requests, expected)
  return summary(result, cpuSeconds(server.pid) - before)
}

function summary({ answers, seconds }: Load, cpu: number): Run {
  const times = answers.map((answer) => answer.milliseconds)
  return {
    perSecond: answers.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpu: (cpu * 1000) / answers.length,
  }
}

/** Measures both in turn. Each round's counts follow from the rates of the round before. */
async function inTurns(
  bench: Bench,
  atSandbox: (count: number) => Promise<Run>,
  atFloor: (count: number) => Promise<Run>,
): Promise<Runs> {
  const rates = { sandbox: (await atSandbox(WARM_UP)).perSecond, floor: (await atFloor(WARM_UP)).perSecond }
  const runs: Runs = { sandbox: [], floor: [] }
  for (let round = 0; round < bench.rounds; round++) {
    const turns = [
      async () => runs.sandbox.push(await atSandbox(Math.ceil(rates.sandbox * bench.seconds))),
      // The floor varies less, so half the time is enough.
      async () => runs.floor.push(await atFloor(Math.ceil((rates.floor * bench.seconds) / 2))),
    ]
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
    rates.sandbox = runs.sandbox.at(-1)?.perSecond ?? rates.sandbox
    rates.floor = runs.floor.at(-1)?.perSecond ?? rates.floor
  }
  return runs
}

/**
 * Measures deliveries without the cost of creating the events: the receiver rejects each event once, then the sandbox's
 * clock is moved to when all retries are due.
 */
async function measureDeliveries(bench: Bench, server: Child, receiver: Child): Promise<Runs> {
  const api = new Api(server)
  await api.post('/v1/webhook_endpoints', `url=http://127.0.0.1:${receiver.port}/&enabled_events[0]=*`)
  const customer = httpRequest('POST', '/v1/customers', authorized(api.key), 'name=A%20shopper')
  const tell = (what: string): Promise<string> => untilAnswers(receiver, what)

  const atSandbox = async (count: number): Promise<Run> => {
    await tell('/status/503')
    await tell('/count/0')
    await load(server.port, TOGETHER, Array<Buffer>(count).fill(customer), 200)
    await tell(`/arrived/${count}`)
    await tell('/status/200')
    await tell('/count/0')
    const [before, began] = [cpuSeconds(server.pid), performance.now()]
    await moveClock(server, UNTIL_REPEATED)
    await tell(`/arrived/${count}`)
    const seconds = (performance.now() - began) / 1000
    const cpu = cpuSeconds(server.pid) - before
    const { data } = JSON.parse(await api.get('/v1/events?delivery_success=false')) as { data: unknown[] }
    // The last responses may still be in transit.
    if (data.length > DELIVERIES_TOGETHER) throw new Error(`${data.length} events were not delivered.`)
    return { perSecond: count / seconds, p50: NaN, p99: NaN, cpu: (cpu * 1000) / count }
  }
  await atSandbox(WARM_UP)
  const { data } = JSON.parse(await api.get('/v1/events?limit=1')) as { data: object[] }
  const event = httpRequest(
    'POST',
    '/',
    {
      'Content-Type': 'application/json; charset=utf-8',
      'Stripe-Signature': `t=1,v1=${'0'.repeat(64)}`,
    },
    JSON.stringify(data[0], null, 2),
  )
  const count = Math.round(bench.seconds * DELIVERIES_A_SECOND)
  const atFloor = (): Promise<Run> =>
    measured(receiver, DELIVERIES_TOGETHER, Array<Buffer>(count).fill(event), 200)
  await atFloor()
  const runs: Runs = { sandbox: [], floor: [] }
  for (let round = 0; round < bench.rounds; round++) {
    const turns = [
      async () => runs.sandbox.push(await atSandbox(count)),
      async () => runs.floor.push(await atFloor()),
    ]
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn()
  }
  return runs
}

async function moveClock(server: Child, seconds: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/_sandbox/clock`, {
    method: 'POST',
    body: new URLSearchParams({ seconds: String(seconds) }),
  })
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} when its clock was moved.`)
}

function section(title: string, what: string, runs: Runs, notes: string[], timed = true): Section {
  const row = (name: string, unit: Row['unit'], key: keyof Run, compared: boolean): Row => ({
    what: name,
    unit,
    shop: runs.sandbox.map((run) => run[key]),
    floor: runs.floor.map((run) => run[key]),
    compared,
  })
  return {
    title,
    subject: 'sandbox',
    rows: [
      row(what, '/s', 'perSecond', true),
      ...(timed ? [row('time, p50', 'ms', 'p50', false), row('time, p99', 'ms', 'p99', true)] : []),
      row('CPU of the server for each', 'ms', 'cpu', false),
    ],
    notes,
  }
}
