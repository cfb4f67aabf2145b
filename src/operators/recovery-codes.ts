// Codes that each stand in once for the authenticator app, for when it is lost.
import { randomInt } from 'node:crypto'
import type { Transaction } from '../database/client.js'
import { hashToken } from '../http/random-token.js'

const COUNT = 10
/** Without letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 4

/** Replaces an account's codes. They are stored as hashes, so this is the only time that anyone sees them. */
export async function renewRecoveryCodes(tx: Transaction, userId: number): Promise<string[]> {
  const codes = Array.from({ length: COUNT }, newCode)
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ codeHash: hashOf(code), userId })) })
  return codes
}

/** Uses a code up. @returns false if it isn't one of the account's, or was used */
export async function takeRecoveryCode(tx: Transaction, userId: number, typed: string): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({
    where: { codeHash: hashOf(typed), userId, usedAt: null },
    data: { usedAt: new Date() },
  })
  return count > 0
}

function newCode(): string {
  const letter = () => ALPHABET[randomInt(ALPHABET.length)]
  const group = () => Array.from({ length: GROUP_LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}

/** However it is typed. A code has 79 random bits, so a plain hash can't be reversed by trying. */
function hashOf(code: string): string {
  return hashToken(code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}
