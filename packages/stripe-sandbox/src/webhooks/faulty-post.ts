// Sends a delivery with the faults planned for it.
import { setTimeout as wait } from 'node:timers/promises'
import type { DeliveryPlan } from '../faults/faults.js'
import { deliveryHeaders } from './delivery-headers.js'
import type { Poster, PostResult } from './post.js'

/** The first result is the delivery's own; the others belong to its extra copies. */
export async function postAsPlanned(
  poster: Poster,
  { url, body, secrets }: { url: string; body: string; secrets: readonly string[] },
  plan: DeliveryPlan,
): Promise<[PostResult, ...PostResult[]]> {
  if (plan.wait > 0) await wait(plan.wait, undefined, { ref: false })
  const signedWith = plan.wrongSignature ? ['whsec_a_wrong_secret'] : secrets
  const send = (): Promise<PostResult> => poster.post(url, body, deliveryHeaders(signedWith, body), plan)
  const copies = Array.from({ length: plan.copies }, send)
  return Promise.all([send(), ...copies])
}
