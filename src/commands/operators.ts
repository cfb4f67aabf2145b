// npm run operators: who runs the shop at /admin.
import { canonicalEmail } from '../accounts/email-address.js'
import { addOperator, inviteOperator, openInvitations, withdrawInvitation } from '../operators/invitations.js'
import {
  changeRole,
  listOperators,
  OPERATOR_ROLES,
  operatorWithEmail,
  removeOperator,
  resetFactor,
  type OperatorRole,
} from '../operators/operators.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run operators -- COMMAND

  list                     list operators, owners and open invitations. Without COMMAND, too
  add EMAIL [--owner]      make an account an operator, or an owner; without an account that confirmed the address,
                           invite it
  invite EMAIL [--owner]   mail an invitation, and print its link
  role EMAIL ROLE          make an operator an owner, or an owner an operator
  reset-factor EMAIL       forget a lost authenticator app and its recovery codes, and sign the operator out
  remove EMAIL             make an operator a shopper again, or withdraw an invitation`

export const operatorsCommand: Command = { usage: USAGE, run }

const OPTIONS = { owner: { type: 'boolean' } } as const
const MAX_ARGUMENTS = { list: 0, add: 1, invite: 1, role: 2, 'reset-factor': 1, remove: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = 'list', address, word] = positionals
  refuseOthers(command, values, { add: ['owner'], invite: ['owner'] })
  const { database } = deps
  const role = values.owner ? 'owner' : 'operator'
  switch (command) {
    case 'list':
      return list(deps)
    case 'add': {
      const email = emailOf(address)
      const link = await addOperator(deps, email, role)
      return link === null ? `${email} is an ${role} now.` : invited(email, link)
    }
    case 'invite': {
      const email = emailOf(address)
      return invited(email, await inviteOperator(deps, email, role))
    }
    case 'role': {
      const email = emailOf(address)
      const { id } = await operatorWithEmail(database, email)
      const next = roleOf(word)
      await changeRole(database, id, next)
      return `${email} is an ${next} now.`
    }
    case 'reset-factor': {
      const email = emailOf(address)
      await resetFactor(database, (await operatorWithEmail(database, email)).id)
      return `The second factor of ${email} is reset. Their next sign-in sets up a new one.`
    }
    case 'remove': {
      const email = emailOf(address)
      if (await withdrawInvitation(database, email)) return `The invitation of ${email} is withdrawn.`
      await removeOperator(database, (await operatorWithEmail(database, email)).id)
      return `${email} is no longer an operator.`
    }
    default:
      throw new UsageError()
  }
}

function emailOf(address: string | undefined): string {
  if (address === undefined) throw new UsageError('Which email address?')
  const email = canonicalEmail(address)
  if (email === null) throw new CommandError(`"${address}" is not an email address.`)
  return email
}

function roleOf(word: string | undefined): OperatorRole {
  const role = OPERATOR_ROLES.find((known) => known === word)
  if (role === undefined) throw new UsageError('The role is operator or owner.')
  return role
}

const invited = (email: string, link: string) =>
  `${email} is invited by mail. The link works once, within 7 days:\n\n  ${link}`

async function list({ database }: CommandDeps): Promise<string> {
  const [operators, invitations] = await Promise.all([listOperators(database), openInvitations(database)])
  if (operators.length === 0 && invitations.length === 0)
    return 'There are no operators. Make the first owner: npm run operators -- add EMAIL --owner'
  return table(
    ['EMAIL', 'ROLE', 'LAST SEEN', 'SECOND FACTOR SINCE'],
    [
      ...operators.map(({ email, role, seenAt, factorSince }) => [
        email,
        role,
        time(seenAt) || 'never',
        time(factorSince) || 'none',
      ]),
      ...invitations.map(({ email, role, expiresAt }) => [
        email,
        role,
        `invited until ${time(expiresAt)}`,
        '',
      ]),
    ],
  )
}
