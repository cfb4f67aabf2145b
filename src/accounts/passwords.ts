// Hashes passwords with argon2id, which is memory-hard: guessing from a stolen table is slow.
import { hash, verify } from '@node-rs/argon2'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import { createHashQueue } from './hash-queue.js'

/** 64 MiB and 3 passes, about 50 ms of one core. Above the minimum of OWASP's password storage cheat sheet. */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 }

export const MIN_PASSWORD = 10
/** Bounds the cost of hashing. */
export const MAX_PASSWORD = 200

/** Each hash occupies one of libuv's four threads, which files and name look-ups need too, and 64 MiB. */
const AT_ONCE = 2
/** About a second of waiting. */
const MAX_WAITING = 40

const inTurn = createHashQueue(AT_ONCE, MAX_WAITING, () => {
  const { busyTitle, busy } = t().accounts
  return new Problem(503, 'sign_in_busy', busyTitle, busy, { retryAfter: 5 })
})

/** @throws Problem 503 when too many hashes are waiting */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize('NFC'), COST))
}

let dummyHash: Promise<string> | undefined

/**
 * @param passwordHash null for an unknown account, which takes just as long: timing must not reveal who has one
 * @throws Problem 503 when too many hashes are waiting
 */
export function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  return inTurn(async () => {
    dummyHash ??= hash('the password of no account', COST)
    const stored = passwordHash ?? (await dummyHash)
    // Keyboards differ in how they compose letters. Hashes of earlier versions are of what was typed.
    for (const spelling of new Set([password.normalize('NFC'), password]))
      if (await verify(stored, spelling).catch(isMalformed)) return passwordHash !== null
    return false
  })
}

/** A stored hash that argon2 can't read is nobody's password. */
const isMalformed = () => false
