// The money of a delayed payment arrived.
import type { Handler } from '../dispatch.js'
import { readSession } from './read-session.js'

export const onSessionAsyncPaymentSucceeded: Handler = (event, context) => readSession(event, context)
