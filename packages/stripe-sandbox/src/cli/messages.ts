// What goes over the WebSocket between the sandbox and the official CLI: one JSON object a frame.

/** An event for `stripe listen`. The payload is sent on byte for byte, with these headers and no others. */
export interface WebhookEvent {
  type: 'webhook_event'
  /** Without a version: for `stripe listen`. With one: for `stripe listen --latest`. Each drops the other's. */
  endpoint: { api_version: string | null }
  event_payload: string
  http_headers: Record<string, string>
  webhook_conversation_id: string
  webhook_id: string
}

/** A request for `stripe logs tail`. */
export interface RequestLogEvent {
  type: 'request_log_event'
  request_log_id: string
  event_payload: string
}

export type ToCli = WebhookEvent | RequestLogEvent

/** The CLI has the message; what became of it is not known yet. */
export interface EventAck {
  type: 'event_ack'
  /** The event, or the line of the log. */
  event_id: string
  webhook_conversation_id: string
}

/** What the shop answered. */
export interface WebhookResponse {
  type: 'webhook_response'
  /** The event. */
  notification_id: string
  webhook_conversation_id: string
  status: number
  body: string
}

export type FromCli = EventAck | WebhookResponse

/** Undefined for what is not understood: a later CLI may say more. */
export function readMessage(text: string): FromCli | undefined {
  const message = parse(text)
  const { type, event_id: event, notification_id: notification, status } = message
  const conversation = textOf(message.webhook_conversation_id)
  if (type === 'event_ack' && typeof event === 'string') {
    return { type, event_id: event, webhook_conversation_id: conversation }
  }
  if (type === 'webhook_response' && typeof notification === 'string' && typeof status === 'number') {
    return {
      type,
      notification_id: notification,
      webhook_conversation_id: conversation,
      status,
      body: textOf(message.body),
    }
  }
  return undefined
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
