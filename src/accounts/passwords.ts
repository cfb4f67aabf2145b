// Passwords are kept as argon2id hashes: memory-hard, so that a stolen table is slow to guess.
import { hash, verify } from '@node-rs/argon2'

/** 64 MiB and 3 passes: some 50 ms of one core. At least what OWASP's password storage sheet asks for. */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 }

/** Long enough to be hard to guess, short enough not to be a load. */
export const MIN_PASSWORD = 10
export const MAX_PASSWORD = 200

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

let nobody: Promise<string> | undefined

/** @param passwordHash null for an unknown account: it takes as long, so that time tells nothing */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const known = passwordHash !== null
  nobody ??= hashPassword('a password of nobody')
  const matches = await verify(passwordHash ?? (await nobody), password)
  return known && matches
}
