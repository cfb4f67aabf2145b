// Who may open the admin: operators, in a session that is not too old, with their second factor.
import type { Request, RequestHandler, Response } from 'express'
import { actAs } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import { loginHref } from '../accounts/next-path.js'
import { endSessionOf, userOf } from '../accounts/sign-in.js'
import { render } from '../http/render.js'
import { readUploads } from '../http/uploads.js'
import { isAdminSessionOver, isFactorProved, noteEntry, noteUse } from '../operators/admin-session.js'
import { answerIn } from '../http/languages.js'
import { OPERATORS_LANGUAGE } from '../messages/index.js'
import { isOperator } from '../operators/roles.js'
import { hasFactor } from '../operators/second-factor.js'
import type { AdminDeps } from './admin-deps.js'
import { pageOf } from './admin-path.js'
import { sentFields } from './forms.js'
import { readPolicyForm } from './policy-form.js'
import { PICTURE_UPLOADS } from './product-uploads.js'
import { factorHref } from './require-recent-factor.js'

/** Everyone else gets the page of an unknown address. */
export const operatorsOnly: RequestHandler = (request, response, next) => {
  // Past this router's own page for errors.
  if (!isOperator(request.user)) {
    next('router')
    return
  }
  response.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' })
  answerIn(OPERATORS_LANGUAGE, response, next)
}

/**
 * Operators sign in again after half an hour without use, and every twelve hours. A form that comes later is not lost: a
 * page sends it again.
 */
export const freshSession: RequestHandler = async (request, response, next) => {
  if (!isAdminSessionOver(request)) {
    noteUse(request)
    next()
    return
  }
  const fields = request.method === 'POST' ? await readForm(request, response).catch(() => []) : []
  await endSessionOf(request)
  if (fields.length === 0) {
    response.redirect(303, loginHref(pageOf(request)))
    return
  }
  response.status(401)
  render(response, 'admin/signed-out', {
    action: request.originalUrl,
    fields,
    hasFiles: Boolean(request.is('multipart/form-data')),
    signInHref: loginHref('/admin'),
  })
}

/** The fields of any form of the admin, without its files. */
async function readForm(request: Request, response: Response): Promise<[name: string, value: string][]> {
  for (const read of [readPolicyForm, readUploads(PICTURE_UPLOADS)])
    await new Promise<void>((resolve, reject) => {
      void read(request, response, (error?: unknown) => {
        if (error === undefined) resolve()
        else reject(error instanceof Error ? error : new Error('The form can’t be read.', { cause: error }))
      })
    })
  return sentFields(request)
}

/** Entries of the audit log name the operator. */
export const onBehalf: RequestHandler = (request, response, next) => {
  const requestId = response.get('x-request-id') ?? null
  const userId = request.user?.id ?? null
  actAs({ kind: 'operator', userId, address: request.ip ?? null, requestId }, () => next())
}

/** Asks once per session for the second factor. Production lets nobody in without one. */
export function factorProved({ database, config }: AdminDeps): RequestHandler {
  return async (request, response, next) => {
    const { id } = userOf(request)
    if (!isFactorProved(request)) {
      const page = (await hasFactor(database, id)) ? 'code' : 'set-up'
      if (page === 'code' || config.production) {
        response.redirect(303, factorHref(page, pageOf(request)))
        return
      }
    }
    if (noteEntry(request))
      await recordAudit(database.prisma, { action: 'operator.signed_in', subject: 'operator', subjectId: id })
    next()
  }
}
