// Finds the session of a pay page, or shows why it cannot be paid.
import type { Request, Response } from 'express'
import type { Account, Context } from '../state/account.js'
import type { Session } from '../wire.js'
import { message } from './message.js'
import { findSession } from './find-session.js'

type Asked = Request<{ session: string }>

/** The session, if it can be paid. Otherwise sends a page that says why it cannot. */
export function openSession(
  context: Context,
  request: Asked,
  response: Response,
): { account: Account; session: Session } | undefined {
  const found = findSession(context, request)
  if (!found) {
    message(
      response,
      404,
      'Checkout not found',
      'The link may be incomplete, or it belongs to another sandbox.',
    )
    return undefined
  }
  if (found.session.status === 'open') return found
  showClosed(response, found.account, found.session)
  return undefined
}

/** A payment link's session may have no success URL: then its own page shows that it is complete. */
export function successUrl(account: Account, session: Session): string {
  if (session.success_url === null) return `/c/pay/${session.id}`
  const url = session.success_url.replaceAll(
    /\{CHECKOUT_SESSION_ID\}|%7BCHECKOUT_SESSION_ID%7D/gi,
    session.id,
  )
  const utm = Object.entries(account.get('session_details', session.id).visit?.utm ?? {})
  if (utm.length === 0) return url
  const tagged = new URL(url)
  for (const [name, value] of utm) tagged.searchParams.set(name, value)
  return tagged.href
}

function showClosed(response: Response, account: Account, session: Session): void {
  if (session.status === 'complete') {
    const text =
      session.payment_status === 'unpaid'
        ? 'Your payment is on its way. The shop will tell you when it has arrived.'
        : session.mode === 'payment'
          ? 'You have completed this payment.'
          : 'You have completed this checkout.'
    const link = account.find('payment_link', session.payment_link)
    const own = link?.after_completion.hosted_confirmation?.custom_message
    const back = { href: successUrl(account, session), label: 'Back to the shop' }
    message(
      response,
      200,
      'You’re all done here',
      own ?? text,
      session.success_url === null ? undefined : back,
    )
    return
  }
  const link =
    session.cancel_url === null ? undefined : { href: session.cancel_url, label: 'Back to the shop' }
  message(
    response,
    200,
    'This checkout has expired',
    'Nothing was charged. Go back to the shop to start again.',
    link,
  )
}
