// The shopper finished Stripe's page. Paid or not yet paid, the session itself says.
import type { Handler } from '../dispatch.js'
import { readSession } from './read-session.js'

export const onSessionCompleted: Handler = (event, context) => readSession(event, context)
