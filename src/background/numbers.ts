// Lets the shop's numbers be counted, for a small share of the time.
import type { PrismaClient } from '../generated/prisma/client.js'
import { countNumbers } from '../numbers/count-numbers.js'
import type { ReadSettings } from '../settings/read-settings.js'

/** A turn is followed by a pause this many times as long, so that a large shop's numbers take 5% of the time. */
const PAUSE = 19
const LONGEST_PAUSE_MS = 10_000

/** Returns the job of a loop. */
export function numbersCounter(prisma: PrismaClient, settings: ReadSettings): () => Promise<number> {
  let pauseUntil = 0
  return async () => {
    const began = performance.now()
    if (began < pauseUntil) return 0
    const { timeZone } = await settings()
    await countNumbers(prisma, timeZone)
    const ended = performance.now()
    pauseUntil = ended + Math.min(LONGEST_PAUSE_MS, PAUSE * (ended - began))
    return 0
  }
}
