// Invitations to run the shop: a link, mailed and shown once, that makes whoever opens it an operator.
import { actAs, currentActor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import { passwordObjection } from '../accounts/forms.js'
import { joinOrders } from '../accounts/join-orders.js'
import { hashPassword } from '../accounts/passwords.js'
import type { SignedInUser } from '../accounts/signed-in-user.js'
import type { Database, Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { hashToken, newToken } from '../http/random-token.js'
import { VALID_MINUTES } from '../outbox/mail-kinds.js'
import { writeAccountMail } from '../outbox/write-mails.js'
import { setRole, type OperatorRole } from './operators.js'

export interface InvitationDeps {
  database: Pick<Database, 'prisma'>
  config: { baseUrl: string }
}

const DAY_MINUTES = 24 * 60

/**
 * Invites someone. An earlier invitation of the address stops working.
 * @returns the link that was mailed
 * @throws Problem when they are an operator already
 */
export async function inviteOperator(
  { database, config }: InvitationDeps,
  email: string,
  role: OperatorRole,
): Promise<string> {
  const token = newToken()
  const url = `${config.baseUrl}/operators/invitation/${token}`
  await database.prisma.$transaction(async (tx) => {
    const account = await tx.user.findUnique({ where: { email }, select: { role: true } })
    if (account && account.role !== 'shopper')
      throw new Problem(
        409,
        'already_operator',
        'Already an operator',
        `${email} is an ${account.role} already.`,
      )
    await tx.operatorInvitation.deleteMany({ where: { email, acceptedAt: null } })
    await tx.operatorInvitation.create({
      data: {
        tokenHash: hashToken(token),
        email,
        role,
        invitedById: currentActor()?.userId ?? null,
        expiresAt: new Date(Date.now() + VALID_MINUTES.operator_invited * 60_000),
      },
    })
    const data = { role, invitationUrl: url, validDays: VALID_MINUTES.operator_invited / DAY_MINUTES }
    await writeAccountMail(tx, { kind: 'operator_invited', to: email, data })
    await recordAudit(tx, {
      action: 'operator.invited',
      subject: 'invitation',
      subjectId: invitationId(hashToken(token)),
      fields: ['role'],
    })
  })
  return url
}

/**
 * Gives an account a role, or invites the address: one without an account, or whose account may be someone else's because
 * nobody confirmed the address.
 * @returns the invitation's link, or null when the account has the role now
 */
export async function addOperator(
  deps: InvitationDeps,
  email: string,
  role: OperatorRole,
): Promise<string | null> {
  const account = await deps.database.prisma.user.findUnique({ where: { email } })
  if (account === null || (account.verifiedAt === null && account.role === 'shopper'))
    return inviteOperator(deps, email, role)
  await deps.database.prisma.$transaction((tx) => setRole(tx, account.id, role))
  return null
}

export interface OpenInvitation {
  email: string
  role: OperatorRole
  expiresAt: Date
}

/** Invitations that can still be accepted. */
export async function openInvitations({ prisma }: Pick<Database, 'prisma'>): Promise<OpenInvitation[]> {
  const invitations = await prisma.operatorInvitation.findMany({
    where: isOpen(),
    orderBy: { createdAt: 'asc' },
  })
  return invitations.map(({ email, role, expiresAt }) => ({
    email,
    role: role === 'owner' ? 'owner' : 'operator',
    expiresAt,
  }))
}

/**
 * Makes the link of an address's invitation stop working.
 * @returns false when it has none that is open
 */
export function withdrawInvitation({ prisma }: Pick<Database, 'prisma'>, email: string): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const [invitation] = await tx.$queryRaw<{ tokenHash: string }[]>`
      DELETE FROM "OperatorInvitation" WHERE email = ${email} AND "acceptedAt" IS NULL AND "expiresAt" > now()
      RETURNING "tokenHash"`
    if (!invitation) return false
    await recordAudit(tx, {
      action: 'operator.invitation_withdrawn',
      subject: 'invitation',
      subjectId: invitationId(invitation.tokenHash),
    })
    return true
  })
}

/** The invitation that a link belongs to, and whether its address has an account. Null: the link no longer works. */
export async function invitationOf(
  { prisma }: Pick<Database, 'prisma'>,
  token: string,
): Promise<{ email: string; role: OperatorRole; accountId: number | null } | null> {
  const invitation = await prisma.operatorInvitation.findFirst({
    where: { tokenHash: hashToken(token), ...isOpen() },
  })
  if (invitation === null) return null
  const { email, role } = invitation
  const account = await prisma.user.findUnique({ where: { email }, select: { id: true } })
  return { email, role: role === 'owner' ? 'owner' : 'operator', accountId: account?.id ?? null }
}

export type Acceptance =
  | { kind: 'accepted'; user: SignedInUser }
  /** Why this password can't be chosen. */
  | { kind: 'refused'; objection: string }
  /** The link no longer works for this visitor. */
  | { kind: 'ended' }

/** Accepts an invitation with a new account of its address. */
export async function acceptWithNewAccount(
  { prisma }: Pick<Database, 'prisma'>,
  token: string,
  { name, password }: { name: string; password: string },
  shopName: string,
  visit: Visit,
): Promise<Acceptance> {
  const invitation = await invitationOf({ prisma }, token)
  if (invitation === null) return { kind: 'ended' }
  const { email } = invitation
  const objection = await passwordObjection(password, { name, email }, shopName)
  if (objection !== null) return { kind: 'refused', objection }
  const passwordHash = await hashPassword(password)
  return orEnded(prisma, async (tx) => {
    const data = { name, email, passwordHash, verifiedAt: new Date() }
    const { count } = await tx.user.createMany({ data, skipDuplicates: true })
    if (count === 0) throw new InvitationEnded()
    const { id } = await tx.user.findUniqueOrThrow({ where: { email }, select: { id: true } })
    return accept(tx, token, id, visit)
  })
}

/** Accepts an invitation with the account of its address, which is signed in. */
export function acceptWithAccount(
  { prisma }: Pick<Database, 'prisma'>,
  token: string,
  userId: number,
  visit: Visit,
): Promise<Acceptance> {
  return orEnded(prisma, async (tx) => {
    // Whoever has the link has read the mail.
    await tx.user.updateMany({ where: { id: userId, verifiedAt: null }, data: { verifiedAt: new Date() } })
    return accept(tx, token, userId, visit)
  })
}

/** Where an invitation was accepted, for the audit log. */
export interface Visit {
  address: string | null
  requestId: string | null
}

/** Thrown so that nothing of the transaction is kept. */
class InvitationEnded extends Error {}

async function orEnded(
  prisma: Database['prisma'],
  work: (tx: Transaction) => Promise<Acceptance>,
): Promise<Acceptance> {
  try {
    return await prisma.$transaction(work)
  } catch (error) {
    if (error instanceof InvitationEnded) return { kind: 'ended' }
    throw error
  }
}

async function accept(tx: Transaction, token: string, userId: number, visit: Visit): Promise<Acceptance> {
  const tokenHash = hashToken(token)
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } })
  const { count } = await tx.operatorInvitation.updateMany({
    where: { tokenHash, email, ...isOpen() },
    data: { acceptedAt: new Date() },
  })
  if (count === 0) throw new InvitationEnded()
  const { role } = await tx.operatorInvitation.findUniqueOrThrow({ where: { tokenHash } })
  await actAs({ kind: 'operator', userId, ...visit }, () =>
    setRole(tx, userId, role === 'owner' ? 'owner' : 'operator'),
  )
  await joinOrders(tx, userId)
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } })
  const { id, name, credentialVersion } = user
  return { kind: 'accepted', user: { id, email, name, role: user.role, credentialVersion } }
}

const isOpen = () => ({ acceptedAt: null, expiresAt: { gt: new Date() } })

/** Names the invitation in the audit log, without giving its link or address away. */
const invitationId = (tokenHash: string) => tokenHash.slice(0, 16)
