// A page with one message, for example that a session has expired.
import type { Response } from 'express'

export function message(
  response: Response,
  status: number,
  title: string,
  text: string,
  link?: { href: string; label: string },
): void {
  response.status(status).render('message', { title, text, link: link ?? null })
}
