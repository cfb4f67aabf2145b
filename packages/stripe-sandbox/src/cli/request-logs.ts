import { Account, type Context } from '../state/account.js'
import type { CliSession } from '../state/records.js'
import type { CliConnections, Speaker } from './connections.js'
import { logFilters, type AnsweredRequest } from './log-filters.js'
import type { FromCli, RequestLogEvent } from './messages.js'

/** What a CLI may miss while it renews its connection; a log that nobody reads must not grow. */
const MOST_LINES = 1000

/** The session request itself is no news to who made it. */
const HIDDEN = '/v1/stripecli/sessions'

/** What `error` may hold in a line: texts, and of these only. */
const SHOWN_OF_ERRORS = ['type', 'charge', 'code', 'decline_code', 'message', 'param']

/** Tells every `stripe logs tail` of the requests of its account, as they are answered. */
export class RequestLogs implements Speaker {
  readonly feature = 'request_logs'
  /** Session → lines that it has not acknowledged. */
  private readonly lines = new Map<string, Map<string, RequestLogEvent>>()

  constructor(
    private readonly context: Context,
    private readonly connections: CliConnections,
  ) {
    connections.addSpeaker(this)
  }

  /** A request was answered. */
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

  opened(_account: Account, session: CliSession): void {
    for (const line of this.linesFor(session.id).values()) this.connections.send(session.id, line)
  }

  heard(_account: Account, session: CliSession, message: FromCli): void {
    if (message.type === 'event_ack') this.lines.get(session.id)?.delete(message.event_id)
  }

  gone(_account: Account, session: CliSession): void {
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
