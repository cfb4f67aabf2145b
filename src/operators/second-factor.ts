// The second factor of an operator, or of a shopper who wants one: an authenticator app (TOTP, RFC 6238), or a recovery code.
import { Secret, TOTP } from 'otpauth'
import { recordAudit } from '../audit/record-audit.js'
import type { Database, Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { t } from '../messages/index.js'
import type { RateLimits } from '../http/rate-limits.js'
import { renewRecoveryCodes, takeRecoveryCode } from './recovery-codes.js'
import { openSecret, sealSecret } from './sealed-secret.js'

export interface FactorDeps {
  database: Pick<Database, 'prisma'>
  limits: RateLimits
  config: { sessionSecrets: readonly string[] }
}

const PERIOD_SECONDS = 30
/** Codes of so many periods before and after the present one are accepted, because phones' clocks differ. */
const WINDOW = 1

/** A secret for an authenticator app. It is encrypted until a first code proves that the app has it. */
export function newSealedSecret({ config }: Pick<FactorDeps, 'config'>, userId: number): string {
  return sealSecret(config.sessionSecrets, userId, new Secret({ size: 20 }).base32)
}

/**
 * What an authenticator app is given: the secret to type, and the address in the QR code.
 * @returns null if the secret was not made for this account
 */
export function appSettings(
  { config }: Pick<FactorDeps, 'config'>,
  user: { id: number; email: string },
  sealed: string,
  issuer: string,
): { secret: string; uri: string } | null {
  const secret = openSecret(config.sessionSecrets, user.id, sealed)
  return secret === null ? null : { secret, uri: totp(secret, user.email, issuer).toString() }
}

/**
 * Sets up an app.
 * @param replaces whether it may take the place of the account's earlier one: only for who has proved that
 * @returns new recovery codes, or null if the code is wrong
 * @throws Problem 429 after too many wrong codes; 409 when the account has got an app meanwhile
 */
export async function setUpFactor(
  { database, limits, config }: FactorDeps,
  userId: number,
  sealed: string,
  code: string,
  { replaces }: { replaces: boolean },
): Promise<string[] | null> {
  const secret = openSecret(config.sessionSecrets, userId, sealed)
  if (secret === null) return null
  await limits.count('factor', String(userId), t().accounts.tooManyCodes)
  const lastStep = stepOf(secret, code)
  if (lastStep === null) return null
  const codes = await database.prisma.$transaction(async (tx) => {
    const data = {
      secret: sealSecret(config.sessionSecrets, userId, secret),
      lastStep,
      createdAt: new Date(),
    }
    const { count } = await tx.secondFactor.createMany({ data: { userId, ...data }, skipDuplicates: true })
    if (count === 0) {
      if (!replaces) throw setUpElsewhere()
      await tx.secondFactor.update({ where: { userId }, data })
    }
    await recordAudit(tx, { action: 'operator.factor_set_up', subject: 'operator', subjectId: userId })
    return renewRecoveryCodes(tx, userId)
  })
  await limits.forget('factor', String(userId))
  return codes
}

function setUpElsewhere(): Problem {
  const { factorSetUpTitle, factorSetUp } = t().accounts
  return new Problem(409, 'factor_set_up', factorSetUpTitle, factorSetUp)
}

/**
 * Checks a code of the app, or a recovery code. Each counts once.
 * @throws Problem 429 after too many wrong codes
 */
export async function checkCode(deps: FactorDeps, userId: number, typed: string): Promise<boolean> {
  const { database, limits } = deps
  await limits.count('factor', String(userId), t().accounts.tooManyCodes)
  const code = typed.replaceAll(/\s/g, '')
  const isRight = await database.prisma.$transaction((tx) =>
    /^\d{6}$/.test(code) ? takeAppCode(deps, tx, userId, code) : useRecoveryCode(tx, userId, code),
  )
  if (isRight) await limits.forget('factor', String(userId))
  return isRight
}

async function takeAppCode(
  { config }: FactorDeps,
  tx: Transaction,
  userId: number,
  code: string,
): Promise<boolean> {
  const factor = await tx.secondFactor.findUnique({ where: { userId } })
  const secret = factor && openSecret(config.sessionSecrets, userId, factor.secret)
  const step = secret ? stepOf(secret, code) : null
  if (!secret || step === null) return false
  const { count } = await tx.secondFactor.updateMany({
    where: { userId, secret: factor.secret, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
    // Encrypted anew, so that an old SESSION_SECRET can be removed one day.
    data: { lastStep: step, secret: sealSecret(config.sessionSecrets, userId, secret) },
  })
  return count > 0
}

async function useRecoveryCode(tx: Transaction, userId: number, code: string): Promise<boolean> {
  if (!(await takeRecoveryCode(tx, userId, code))) return false
  await recordAudit(tx, { action: 'operator.recovery_code_used', subject: 'operator', subjectId: userId })
  return true
}

/** The time step that a code is of. Null if it is wrong. */
function stepOf(secret: string, code: string): number | null {
  const timestamp = Date.now()
  const delta = totp(secret).validate({ token: code.replaceAll(/\s/g, ''), timestamp, window: WINDOW })
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta
}

/** With the algorithm, digits and period that every app supports. */
function totp(secret: string, label = '', issuer = ''): TOTP {
  return new TOTP({ issuer, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS })
}

/** Whether the account has an authenticator app, and how many recovery codes are left. */
export async function factorOf(
  { prisma }: Pick<Database, 'prisma'>,
  userId: number,
): Promise<{ since: Date; codesLeft: number } | null> {
  const factor = await prisma.secondFactor.findUnique({ where: { userId }, select: { createdAt: true } })
  if (factor === null) return null
  return {
    since: factor.createdAt,
    codesLeft: await prisma.recoveryCode.count({ where: { userId, usedAt: null } }),
  }
}

export async function hasFactor({ prisma }: Pick<Database, 'prisma'>, userId: number): Promise<boolean> {
  return (await prisma.secondFactor.count({ where: { userId } })) > 0
}

/** Makes new recovery codes. The earlier ones stop working. */
export function renewCodes({ prisma }: Pick<Database, 'prisma'>, userId: number): Promise<string[]> {
  return prisma.$transaction(async (tx) => {
    await recordAudit(tx, {
      action: 'operator.recovery_codes_renewed',
      subject: 'operator',
      subjectId: userId,
    })
    return renewRecoveryCodes(tx, userId)
  })
}

export async function removeFactor(tx: Transaction, userId: number): Promise<void> {
  await tx.secondFactor.deleteMany({ where: { userId } })
  await tx.recoveryCode.deleteMany({ where: { userId } })
}
