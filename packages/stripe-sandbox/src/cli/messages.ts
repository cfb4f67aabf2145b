// The messages between the sandbox and the official CLI: one JSON object per WebSocket frame.

/** An event for `stripe listen`, which forwards the payload byte for byte, with exactly these headers. */
export interface WebhookEvent {
  type: 'webhook_event'
  /** Null for `stripe listen`, the API version for `stripe listen --latest`. Each ignores the other's events. */
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

/** The CLI received the message. The shop's answer is not known yet. */
export interface EventAck {
  type: 'event_ack'
  /** The id of the event or of the log line. */
  event_id: string
  webhook_conversation_id: string
}

/** The shop's answer. */
export interface WebhookResponse {
  type: 'webhook_response'
  /** The id of the event. */
  notification_id: string
  webhook_conversation_id: string
  status: number
  body: string
}

export type FromCli = EventAck | WebhookResponse

/** Undefined for an unknown message: newer CLIs may send others. */
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
