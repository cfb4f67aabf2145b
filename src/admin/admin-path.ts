// Where to go back to within the admin.
import type { Request } from 'express'
import { ownPath } from '../accounts/next-path.js'

const ADMIN = /^\/admin(\/|\?|$)/

/** The path of the admin that a field or an address names, or the first page. */
export function adminPath(next: unknown): string {
  const path = ownPath(next)
  return ADMIN.test(path) ? path : '/admin'
}

/** The page of the admin that a form was on. */
export function pageBefore(request: Request): string {
  const referer = request.get('referer')
  const url = referer !== undefined && URL.canParse(referer) ? new URL(referer) : null
  return adminPath(url && url.pathname + url.search)
}

/** The page to show once the operator may: the one that was asked for, or that the form was on. */
export function pageOf(request: Request): string {
  return request.method === 'GET' || request.method === 'HEAD'
    ? adminPath(request.originalUrl)
    : pageBefore(request)
}
