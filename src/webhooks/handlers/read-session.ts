// What the session events share: read the session, and see whose it is.
import { sessionReport } from '../../payments/session-report.js'
import type { HandlerContext } from '../dispatch.js'
import type { Reading } from '../outcomes.js'
import type { SignedEvent } from '../verify.js'

/** @param failed the event says that the money of a completed session will not come */
export function readSession(event: SignedEvent, context: HandlerContext, failed = false): Reading {
  const report = sessionReport(event.object, event.created, failed)
  if (report.appId === context.appId) return { kind: 'report', report }
  const detail = report.appId === null ? 'no app in its metadata' : `app ${report.appId}`
  return { kind: 'not_ours', detail }
}
