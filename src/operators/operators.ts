// The people who run the shop: who they are, and their roles.
import { recordAudit } from '../audit/record-audit.js'
import { endSessions } from '../accounts/sessions.js'
import type { Database, Transaction } from '../database/client.js'
import type { Role } from '../generated/prisma/enums.js'
import { Problem } from '../http/problem.js'
import { removeFactor } from './second-factor.js'

export type OperatorRole = Exclude<Role, 'shopper'>
export const OPERATOR_ROLES = ['operator', 'owner'] as const satisfies readonly OperatorRole[]

export interface Operator {
  id: number
  email: string
  name: string
  role: OperatorRole
  /** When they last used the admin. Null: never, or not since their sessions ended. */
  seenAt: Date | null
  /** When they set up their authenticator app. Null: they have none. */
  factorSince: Date | null
}

/** Owners first. The shop has few, so the list is not paged. */
export function listOperators({ prisma }: Pick<Database, 'prisma'>): Promise<Operator[]> {
  // With literals, so that the partial index on them serves. It is what keeps this from reading every customer.
  return prisma.$queryRaw<Operator[]>`
    SELECT u.id, u.email, u.name, u.role::text, f."createdAt" AS "factorSince", greatest(
      (SELECT max(to_timestamp((s.sess->'admin'->>'seenAt')::float8 / 1000)) FROM "Session" s
       WHERE s.sess->'passport'->>'user' = u.id::text),
      (SELECT a.at FROM "AuditEntry" a WHERE a."actorId" = u.id ORDER BY a.id DESC LIMIT 1)) AS "seenAt"
    FROM "User" u LEFT JOIN "SecondFactor" f ON f."userId" = u.id
    WHERE u.role IN ('operator', 'owner') ORDER BY u.role DESC, u.email`
}

/** Gives an account a role in the shop, in place of the one it has. */
export async function setRole(tx: Transaction, userId: number, role: OperatorRole): Promise<void> {
  if (role !== 'owner') await keepAnOwner(tx, userId)
  await tx.user.update({ where: { id: userId }, data: { role } })
  await recordAudit(tx, {
    action: 'operator.role_changed',
    subject: 'operator',
    subjectId: userId,
    fields: ['role'],
  })
}

/**
 * Changes the role of someone who has one.
 * @throws Problem when they are no operator, or the last owner
 */
export function changeRole(
  { prisma }: Pick<Database, 'prisma'>,
  userId: number,
  role: OperatorRole,
): Promise<void> {
  return prisma.$transaction(async (tx) => {
    await lockOwners(tx)
    await lockOperator(tx, userId)
    await setRole(tx, userId, role)
  })
}

/**
 * Makes an operator a shopper again. Their sessions end, and their second factor is forgotten.
 * @throws Problem when they are no operator, or the last owner
 */
export function removeOperator({ prisma }: Pick<Database, 'prisma'>, userId: number): Promise<void> {
  return prisma.$transaction(async (tx) => {
    await keepAnOwner(tx, userId)
    await lockOperator(tx, userId)
    await tx.user.update({ where: { id: userId }, data: { role: 'shopper' } })
    await removeFactor(tx, userId)
    await endSessions(tx, userId)
    await recordAudit(tx, { action: 'operator.removed', subject: 'operator', subjectId: userId })
  })
}

/** Takes the factor away, and ends the account's sessions. In production its next sign-in sets up a new one. */
export async function resetFactor({ prisma }: Pick<Database, 'prisma'>, userId: number): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockOperator(tx, userId)
    await removeFactor(tx, userId)
    await endSessions(tx, userId)
    await recordAudit(tx, { action: 'operator.factor_reset', subject: 'operator', subjectId: userId })
  })
}

/** An operator by their address. @throws Problem when there is none */
export async function operatorWithEmail(
  { prisma }: Pick<Database, 'prisma'>,
  email: string,
): Promise<{ id: number }> {
  const user = await prisma.user.findUnique({ where: { email }, select: { id: true, role: true } })
  if (user === null || user.role === 'shopper') throw noOperator()
  return user
}

/** @throws Problem when they are no operator */
async function lockOperator(tx: Transaction, userId: number): Promise<void> {
  const found = await tx.$queryRaw`
    SELECT FROM "User" WHERE id = ${userId} AND role IN ('operator', 'owner') FOR NO KEY UPDATE`
  if ((found as unknown[]).length === 0) throw noOperator()
}

/** @throws Problem when no other owner would be left */
async function keepAnOwner(tx: Transaction, userId: number): Promise<void> {
  const owners = await lockOwners(tx)
  if (owners.length === 1 && owners[0]?.id === userId)
    throw new Problem(
      409,
      'last_owner',
      'The shop needs an owner',
      'This is the last owner. Make someone else an owner first.',
    )
}

/**
 * Locked in one order, and before any other account, so that two owners who remove each other wait here, and one is refused.
 */
function lockOwners(tx: Transaction): Promise<{ id: number }[]> {
  return tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM "User" WHERE role = 'owner' ORDER BY id FOR NO KEY UPDATE`
}

function noOperator(): Problem {
  return new Problem(404, 'operator_not_found', 'No such operator', 'There is no operator with this account.')
}
