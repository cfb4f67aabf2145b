// Inserts an owner of the shop who has just signed in and entered a code of the second factor.
import type pg from 'pg'
import { insertShoppers } from './shoppers.js'

/** @returns the Cookie header of their session */
export async function insertOwner(database: pg.Client, secret: string): Promise<string> {
  const [owner] = await insertShoppers(database, secret, 1)
  if (!owner) throw new Error('There is no account for the owner.')
  const now = Date.now()
  const entered = { signedInAt: now, admin: { seenAt: now, enteredAt: now, factorAt: now } }
  await database.query(
    `WITH owner AS (UPDATE "User" SET role = 'owner' WHERE email = $1 RETURNING id)
     UPDATE "Session" SET sess = (sess::jsonb || $2::jsonb)::json FROM owner WHERE sess->'passport'->>'user' = owner.id::text`,
    [owner.email, JSON.stringify(entered)],
  )
  return owner.cookie
}
