// A span for each statement of a request. Values are not in it, and statements of background loops have none.
import type pg from 'pg'
import { begin, isInSpan, type OpenSpan } from '../telemetry/span.js'

type Callback = (error: Error | null, result?: unknown) => void

/** Wraps the connection's `query`, whether its caller wants a promise or gives a callback. */
export function traceQueries(client: pg.ClientBase): void {
  const send = client.query.bind(client) as (...given: unknown[]) => unknown
  const traced = (...given: unknown[]) => {
    const span = isInSpan() ? spanOf(given[0]) : null
    if (span === null) return send(...given)
    const last = given.at(-1)
    if (typeof last === 'function') {
      const callback: Callback = (error, result) => {
        if (error) span.fail(error)
        span.end()
        ;(last as Callback)(error, result)
      }
      return send(...given.slice(0, -1), callback)
    }
    return (send(...given) as Promise<unknown>).then(
      (result) => {
        span.end()
        return result
      },
      (error: unknown) => {
        span.fail(error)
        span.end()
        throw error
      },
    )
  }
  client.query = traced as typeof client.query
}

function spanOf(query: unknown): OpenSpan | null {
  const text = typeof query === 'string' ? query : (query as { text?: unknown } | null)?.text
  if (typeof text !== 'string') return null
  const verb = /^\s*(?:\/\*.*?\*\/\s*)?(\w+)/s.exec(text)?.[1]?.toUpperCase() ?? 'SQL'
  return begin(verb, { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, 2000) }, 'client')
}
