// Stands in for @node-rs/argon2 in the tests' own processes: the same hashes at a fraction of their cost, which is 64 MiB
// and 75 ms of a core for each sign-in. Shops in processes of their own hash at full cost.
import { createRequire } from 'node:module'
import type * as Argon2 from '@node-rs/argon2'

const argon2 = createRequire(import.meta.url)('@node-rs/argon2') as typeof Argon2

const CHEAP = { memoryCost: 1024, timeCost: 1, parallelism: 1 }

/** The costs that were asked for. */
export const askedCosts = new Set<string>()

export function hash(password: string, cost?: Argon2.Options): Promise<string> {
  if (cost) askedCosts.add(JSON.stringify(cost))
  return argon2.hash(password, CHEAP)
}

export const verify = argon2.verify
