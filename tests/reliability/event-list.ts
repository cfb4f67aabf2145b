// Stripe's list of events (GET /v1/events): newest first, in pages, delivered or not. Any other request gets no answer.
import { createServer } from 'node:http'
import type { SignedEvent } from '../../src/webhooks/verify.js'

/** An event appears in the list only after its deliveries. */
export const LISTED_AFTER_MS = 2000

export class EventList {
  /** Number of times the list was read to its end. */
  read = 0
  private readonly entries: { event: SignedEvent; at: number }[] = []
  private readonly server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    if (request.method !== 'GET' || pathname !== '/v1/events') {
      request.socket.destroy()
      return
    }
    const page = this.page(searchParams)
    if (!page.has_more) this.read++
    response.setHeader('content-type', 'application/json').end(JSON.stringify(page))
  })

  enter(events: readonly SignedEvent[]): void {
    this.entries.push(...events.map((event) => ({ event, at: Date.now() })))
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve))
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private page(query: URLSearchParams) {
    const since = Number(query.get('created[gte]')) * 1000
    const types = new Set([...query].filter(([name]) => name.startsWith('types[')).map(([, type]) => type))
    const after = query.get('starting_after')
    // Sorted by creation in this list: the events' own times come from the plan.
    const listed = this.entries
      .filter(({ event, at }) => at >= since && at <= Date.now() - LISTED_AFTER_MS && types.has(event.type))
      .map(({ event }) => event)
      .reverse()
    const from = after === null ? 0 : listed.findIndex(({ id }) => id === after) + 1
    const data = listed.slice(from, from + Number(query.get('limit')))
    return {
      object: 'list',
      url: '/v1/events',
      has_more: from + data.length < listed.length,
      data: data.map(({ text }) => JSON.parse(text) as unknown),
    }
  }
}
