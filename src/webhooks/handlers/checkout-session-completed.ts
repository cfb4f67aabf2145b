// The shopper finished Stripe's page. Paid or not yet paid, the session itself says.
import type { Handler } from '../dispatch.js'
import { settleSession } from './settle-session.js'

export const onSessionCompleted: Handler = (event, context) => settleSession(event, context)
