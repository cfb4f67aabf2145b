// News of one order to one browser, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import type { Response } from 'express'
import type { OrderState } from './view-models.js'
import type { OrderWatch } from './order-watch.js'

/** In seconds. */
const TIMES = {
  /** Proxies close what is silent for longer, most of them after a minute. */
  heartbeat: 20,
  /** A page that is still open then connects again, and shows again that it may. */
  lifetime: 600,
  /** How long a browser waits before it does. */
  reconnect: 3,
}

/**
 * Sends the order's state, and each one that follows.
 * @throws Problem, with nothing sent, when as many are watching as can be
 */
export function streamOrder(
  response: Response,
  watch: OrderWatch,
  order: { key: string; userId: number },
  state: OrderState,
  times = TIMES,
): void {
  const send = (text: string) => {
    if (!response.writableEnded) response.write(text)
  }
  const tell = (news: OrderState) => send(`event: state\ndata: ${news}\n\n`)
  const leave = watch.add(order, state, { tell, end: () => response.end() })

  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // Compressed it would wait to be worth a packet; so it would in nginx's buffer.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    // When it ends, so does the connection: a shop that stops does not wait for it to idle.
    Connection: 'close',
  })
  send(`retry: ${times.reconnect * 1000}\n\n`)
  tell(state)
  const heartbeat = setInterval(() => send(': still here\n\n'), times.heartbeat * 1000)
  const lifetime = setTimeout(() => response.end(), times.lifetime * 1000)
  response.once('close', () => {
    leave()
    clearInterval(heartbeat)
    clearTimeout(lifetime)
  })
}
