// The money of a delayed payment will not come. The session stays complete and unpaid: only this event says so.
import type { Handler } from '../dispatch.js'
import { readSession } from './read-session.js'

export const onSessionAsyncPaymentFailed: Handler = (event, context) => readSession(event, context, true)
