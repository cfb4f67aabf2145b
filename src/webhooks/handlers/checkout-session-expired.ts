// Nobody paid in time, or we closed the session.
import type { Handler } from '../dispatch.js'
import { readSession } from './read-session.js'

export const onSessionExpired: Handler = (event, context) => readSession(event, context)
