// Recognizes requests from this machine, for pages that only its developer may see.
import type { Request } from 'express'

/** Whether the request comes from this machine itself. Local proxies and tunnels are told by their forwarding headers. */
export function isFromThisMachine(request: Request): boolean {
  const forwarded = request.get('x-forwarded-for') ?? request.get('forwarded')
  return forwarded === undefined && /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')
}

/**
 * Whether the request comes from this machine and names it in the Host header, which neither visitors through a tunnel
 * nor scripts of other sites (DNS rebinding) do.
 */
export function isOnThisMachine(request: Request): boolean {
  const name = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i
  return isFromThisMachine(request) && name.test(request.get('host') ?? '')
}
