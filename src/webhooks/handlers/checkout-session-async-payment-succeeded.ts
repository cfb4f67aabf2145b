// The money of a delayed payment arrived.
import type { Handler } from '../dispatch.js'
import { settleSession } from './settle-session.js'

export const onSessionAsyncPaymentSucceeded: Handler = (event, context) => settleSession(event, context)
