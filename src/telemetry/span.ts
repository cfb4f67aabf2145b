// Spans of OpenTelemetry around what the shop does. Until start.ts has loaded the SDK, they cost a comparison.
import type * as Api from '@opentelemetry/api'

export type Attributes = Api.Attributes
/** What a span is about: `client` is a call to another server, `server` a request to us. */
export type Kind = 'internal' | 'client' | 'server'

interface Tracing {
  api: typeof Api
  tracer: Api.Tracer
}

let tracing: Tracing | null = null

/** @param started null: spans are not recorded any more */
export function recordSpans(started: Tracing | null): void {
  tracing = started
}

/** Whether spans are recorded, for what would cost something to prepare. */
export function recordsSpans(): boolean {
  return tracing !== null
}

/** A span that has begun. It ends by itself when its work does, unless `begin` made it. */
export interface Span {
  set(attributes: Attributes): void
  rename(name: string): void
  /** Marks it as failed. */
  fail(error: unknown): void
}

/** A span that its maker ends. */
export interface OpenSpan extends Span {
  /** Runs work inside of it: spans that begin there are its children. */
  run<Result>(work: () => Result): Result
  end(): void
}

/** Runs work in a span. `span` is null while nothing is recorded. */
export function inSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (span: Span | null) => Promise<Result>,
  kind: Kind = 'internal',
): Promise<Result> {
  const span = begin(name, attributes, kind)
  return span === null ? work(null) : runAndEnd(span, work)
}

async function runAndEnd<Result>(span: OpenSpan, work: (span: Span) => Promise<Result>): Promise<Result> {
  try {
    return await span.run(() => work(span))
  } catch (error) {
    span.fail(error)
    throw error
  } finally {
    span.end()
  }
}

/** Begins a span that the caller ends. Null while nothing is recorded. @param startTime in milliseconds, by Date.now() */
export function begin(
  name: string,
  attributes: Attributes,
  kind: Kind = 'internal',
  startTime?: number,
): OpenSpan | null {
  if (tracing === null) return null
  const { api, tracer } = tracing
  const kinds = { internal: api.SpanKind.INTERNAL, client: api.SpanKind.CLIENT, server: api.SpanKind.SERVER }
  const span = tracer.startSpan(name, {
    attributes,
    kind: kinds[kind],
    ...(startTime !== undefined && { startTime }),
  })
  return {
    set: (more) => void span.setAttributes(more),
    rename: (other) => void span.updateName(other),
    fail: (error) => {
      // Its name alone: a message may have personal data in it.
      const type = error instanceof Error ? error.name : String(error)
      span.setAttribute('error.type', type).setStatus({ code: api.SpanStatusCode.ERROR })
    },
    run: (work) => api.context.with(api.trace.setSpan(api.context.active(), span), work),
    end: () => span.end(),
  }
}

/** Whether something that runs now belongs to a span. */
export function isInSpan(): boolean {
  return tracing !== null && tracing.api.trace.getSpan(tracing.api.context.active()) !== undefined
}
