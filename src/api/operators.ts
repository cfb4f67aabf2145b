// What operators do through the API with their own accounts, for the audit log.
import type { Request, RequestHandler } from 'express'
import { actAs, type Actor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import type { SignedInUser } from '../accounts/signed-in-user.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { isOperator } from '../operators/roles.js'

/** Entries of the audit log name the operator whose session or token a request has. */
export const onOperatorsBehalf: RequestHandler = (request, _response, next) => {
  const { user } = request
  if (user === undefined || !isOperator(user)) next()
  else actAs(actorOf(request, user.id), () => next())
}

/** Notes that an operator's account got a token, and from where. */
export async function noteToken(prisma: PrismaClient, request: Request, user: SignedInUser): Promise<void> {
  if (!isOperator(user)) return
  await actAs(actorOf(request, user.id), () =>
    recordAudit(prisma, { action: 'operator.token_issued', subject: 'operator', subjectId: user.id }),
  )
}

function actorOf({ ip, res }: Request, userId: number): Actor {
  return { kind: 'api', userId, address: ip ?? null, requestId: res?.get('x-request-id') ?? null }
}
