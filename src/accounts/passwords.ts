// Hashes passwords with argon2id, which is memory-hard: guessing from a stolen table is slow.
import { hash, verify } from '@node-rs/argon2'

/** 64 MiB and 3 passes, about 50 ms of one core. Above the minimum of OWASP's password storage cheat sheet. */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 }

export const MIN_PASSWORD = 10
/** Bounds the cost of hashing. */
export const MAX_PASSWORD = 200

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

let dummyHash: Promise<string> | undefined

/** @param passwordHash null for an unknown account, which takes just as long: timing must not reveal who has one */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const known = passwordHash !== null
  dummyHash ??= hashPassword('the password of no account')
  const matches = await verify(passwordHash ?? (await dummyHash), password)
  return known && matches
}
