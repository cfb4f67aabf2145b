// The money of a delayed payment will not come. The session stays complete and unpaid: only this event says so.
import type { Handler } from '../dispatch.js'
import { settleSession } from './settle-session.js'

export const onSessionAsyncPaymentFailed: Handler = (event, context) => settleSession(event, context, true)
