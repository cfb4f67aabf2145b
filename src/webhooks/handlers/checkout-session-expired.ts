// Nobody paid in time, or we closed the session.
import type { Handler } from '../dispatch.js'
import { settleSession } from './settle-session.js'

export const onSessionExpired: Handler = (event, context) => settleSession(event, context)
