// Sends request logs to `stripe logs tail`.
import { Account, type Context } from '../state/account.js'
import type { CliSession } from '../state/records.js'
import type { CliConnections, FeatureHandler } from './connections.js'
import { logFilters, type AnsweredRequest } from './log-filters.js'
import type { FromCli, RequestLogEvent } from './messages.js'

/** How many lines are kept while a CLI renews its connection. */
const MOST_LINES = 1000

/** The request that starts a CLI session is not logged. */
const HIDDEN = '/v1/stripecli/sessions'

/** The fields that `error` may have in a log line, all strings. */
const SHOWN_OF_ERRORS = ['type', 'charge', 'code', 'decline_code', 'message', 'param']

/** Sends every answered request to each `stripe logs tail` of its account. */
export class RequestLogs implements FeatureHandler {
  readonly feature = 'request_logs'
  /** Session → lines that the CLI has not acknowledged. */
  private readonly lines = new Map<string, Map<string, RequestLogEvent>>()

  constructor(
    private readonly context: Context,
    private readonly connections: CliConnections,
  ) {
    connections.addHandler(this)
  }

  /** Called for each answered request. */
  report(accountId: string, request: AnsweredRequest): void {
    if (request.path === HIDDEN) return
    const account = new Account(accountId, this.context)
    for (const session of account.all('cli_session').oldestFirst()) {
      if (!session.connected || !session.features.includes(this.feature)) continue
      if (!logFilters(session.filters)(request)) continue
      const line = lineOf(request, account.now())
      const lines = this.linesFor(session.id)
      lines.set(line.request_log_id, line)
      const [oldest] = lines.keys()
      if (lines.size > MOST_LINES && oldest !== undefined) lines.delete(oldest)
      this.connections.send(session.id, line)
    }
  }

  connected(_account: Account, session: CliSession): void {
    for (const line of this.linesFor(session.id).values()) this.connections.send(session.id, line)
  }

  received(_account: Account, session: CliSession, message: FromCli): void {
    if (message.type === 'event_ack') this.lines.get(session.id)?.delete(message.event_id)
  }

  ended(_account: Account, session: CliSession): void {
    this.lines.delete(session.id)
  }

  private linesFor(sessionId: string): Map<string, RequestLogEvent> {
    let lines = this.lines.get(sessionId)
    if (!lines) this.lines.set(sessionId, (lines = new Map<string, RequestLogEvent>()))
    return lines
  }
}

function lineOf(request: AnsweredRequest, createdAt: number): RequestLogEvent {
  const error = Object.entries(request.error).filter(
    ([name, value]) => SHOWN_OF_ERRORS.includes(name) && typeof value === 'string',
  )
  return {
    type: 'request_log_event',
    request_log_id: request.requestId.replace(/^req_/, 'resp_'),
    event_payload: JSON.stringify({
      created_at: createdAt,
      error: Object.fromEntries(error),
      livemode: false,
      method: request.method,
      request_id: request.requestId,
      status: request.status,
      url: request.path,
    }),
  }
}
