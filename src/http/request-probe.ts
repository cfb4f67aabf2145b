// GET /healthz/request tells the doctor how a request from outside looks to the shop: its address, host and protocol, after
// the proxies. Only who knows a session secret gets an answer; for everybody else there is no such page.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Router } from 'express'
import { z } from 'zod'
import { notFound } from './problem.js'

export const PROBE_PATH = '/healthz/request'
export const PROBE_HEADER = 'X-Till-Probe'

/** A signature is good for this long, by the clock of either machine. */
const GOOD_FOR_MS = 300_000

/** What the shop takes the request for. */
export const seenRequest = z.object({
  /** The shopper's address, for limits and logs. */
  ip: z.string(),
  /** Who connected to the shop: the last proxy. */
  peer: z.string(),
  /** X-Forwarded-For as it arrived, split. */
  forwardedFor: z.array(z.string()),
  protocol: z.string(),
  host: z.string(),
})

export type SeenRequest = z.infer<typeof seenRequest>

/** The value of PROBE_HEADER. */
export function signProbe(secret: string, now = Date.now()): string {
  return `${now}.${signature(secret, String(now))}`
}

/** @param secrets of sessions: every process of the shop has them, and nobody else */
export function requestProbe(secrets: readonly string[]): Router {
  const router = Router()
  router.get(PROBE_PATH, (request, response) => {
    if (!isSigned(request.get(PROBE_HEADER) ?? '', secrets)) throw notFound()
    const seen: SeenRequest = {
      ip: request.ip ?? '',
      peer: request.socket.remoteAddress ?? '',
      forwardedFor: (request.get('x-forwarded-for') ?? '')
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
      protocol: request.protocol,
      host: request.get('host') ?? '',
    }
    response.set('Cache-Control', 'no-store').json(seen)
  })
  return router
}

function isSigned(header: string, secrets: readonly string[]): boolean {
  const [time = '', given = ''] = header.split('.')
  if (!/^\d{1,15}$/.test(time) || Math.abs(Date.now() - Number(time)) > GOOD_FOR_MS) return false
  return secrets.some((secret) => {
    const wanted = Buffer.from(signature(secret, time))
    const found = Buffer.from(given)
    return wanted.length === found.length && timingSafeEqual(wanted, found)
  })
}

/** Not a signature that anything else takes: cookies sign other texts. */
function signature(secret: string, time: string): string {
  return createHmac('sha256', secret).update(`till probe ${time}`).digest('base64url')
}
