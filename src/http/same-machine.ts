// Who asks from this machine itself: what is shown to its developer and to nobody else.
import type { Request } from 'express'

/** A tunnel or a proxy connects from this machine too, and says for whom it does. */
export function isFromThisMachine(request: Request): boolean {
  const forwarded = request.get('x-forwarded-for') ?? request.get('forwarded')
  return forwarded === undefined && /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')
}

/** And asks for this machine by its own name, which a tunnel's visitors and the scripts of other sites do not. */
export function isOnThisMachine(request: Request): boolean {
  const name = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i
  return isFromThisMachine(request) && name.test(request.get('host') ?? '')
}
