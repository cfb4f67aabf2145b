// Asks for a code of the second factor again before what moves money or opens doors.
import type { Request, RequestHandler } from 'express'
import { userOf } from '../accounts/sign-in.js'
import { render } from '../http/render.js'
import { isFactorProved, isFactorRecent, noteCode } from '../operators/admin-session.js'
import { checkCode, hasFactor } from '../operators/second-factor.js'
import type { AdminDeps } from './admin-deps.js'
import { pageBefore } from './admin-path.js'
import { sentFields } from './forms.js'

/** Not a name that a form of the admin has. */
const CODE = 'second_factor_code'

export const WRONG_CODE = 'That code is wrong or was used. Enter the code that the app shows now.'

/** The page that asks for a code, or sets up an app, and then leads to a page of the admin. */
export function factorHref(page: 'code' | 'set-up', next: string): string {
  return `/admin/security/${page}?${new URLSearchParams({ next }).toString()}`
}

/**
 * Lets a request through if a code was entered in the last ten minutes. A page is shown after the code; a form is sent on
 * with it, so that nothing needs typing twice. Operators without a second factor, who exist only in development, pass.
 */
export function requireRecentFactor(deps: AdminDeps): RequestHandler {
  return async (request, response, next) => {
    const { id } = userOf(request)
    const typed = takeCode(request)
    if (isFactorRecent(request) || !(isFactorProved(request) || (await hasFactor(deps.database, id)))) {
      next()
      return
    }
    if (request.method !== 'POST') {
      response.redirect(303, factorHref('code', request.originalUrl))
      return
    }
    if (typeof typed === 'string' && (await checkCode(deps, id, typed))) {
      noteCode(request)
      next()
      return
    }
    if (typed !== undefined) response.status(422)
    render(response, 'admin/code', {
      action: request.originalUrl,
      fields: sentFields(request),
      name: CODE,
      error: typed === undefined ? null : WRONG_CODE,
      cancelHref: pageBefore(request),
      isAgain: true,
    })
  }
}

/** What was typed. The form that goes on doesn't have it. */
function takeCode(request: Request): unknown {
  const { [CODE]: typed, ...others } = (request.body ?? {}) as Record<string, unknown>
  request.body = others
  return typed
}
