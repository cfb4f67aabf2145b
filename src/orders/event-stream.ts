// Sends an order's state to a browser as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
import type { Response } from 'express'
import type { OrderState } from './view-models.js'
import type { OrderWatch, WatchedOrder } from './order-watch.js'

/** In seconds. */
const TIMES = {
  /** Proxies close silent connections, most of them after a minute. */
  heartbeat: 20,
  /** Then the page reconnects, which checks again that the shopper may see the order. */
  lifetime: 600,
  /** How long the browser waits before it reconnects. */
  reconnect: 3,
}

/**
 * Sends the order's state now and whenever it changes.
 * @throws Problem, before anything is sent, when there are too many watchers
 */
export function streamOrder(
  response: Response,
  watch: OrderWatch,
  order: WatchedOrder,
  state: OrderState,
  times = TIMES,
): void {
  const send = (text: string) => {
    if (!response.writableEnded) response.write(text)
  }
  const sendState = (next: OrderState) => send(`event: state\ndata: ${next}\n\n`)
  const unwatch = watch.add(order, state, { sendState, end: () => response.end() })

  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform prevents compression, and X-Accel-Buffering nginx's buffer: both delay small messages.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    // Without keep-alive, a stopping server needn't wait for the idle connection.
    Connection: 'close',
  })
  send(`retry: ${times.reconnect * 1000}\n\n`)
  sendState(state)
  const heartbeat = setInterval(() => send(': still here\n\n'), times.heartbeat * 1000)
  const lifetime = setTimeout(() => response.end(), times.lifetime * 1000)
  response.once('close', () => {
    unwatch()
    clearInterval(heartbeat)
    clearTimeout(lifetime)
  })
}
