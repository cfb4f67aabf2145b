// Recognizes requests to pages that only the developer at this machine may see.
import type { Request } from 'express'

/**
 * Whether the request came to the developer's listener. It listens on loopback alone, and proxies and tunnels lead to the
 * shop's port, whose requests look like local ones behind a proxy that adds no headers. The Host header must name this
 * machine too, which scripts of other sites (DNS rebinding) can't make it do.
 * @param port of the developer's listener. Null without one
 */
export function isForDeveloper(request: Request, port: number | null): boolean {
  return port !== null && request.socket.localPort === port && isLocalName(request.get('host') ?? '')
}

function isLocalName(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i.test(host)
}
