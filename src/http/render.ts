// Renders a page: a view with the model that its type requires.
import type { Application, Response } from 'express'
import { t, usualLanguage } from '../messages/index.js'
import { pageIn } from './language-paths.js'
import type { Shell, Views } from './view-models.js'

/**
 * Renders views/<name>.ejs with its model and what `shell()` in app.ts put into `response.locals`. Links and forms of the
 * page stay in its language.
 */
export function render<Name extends keyof Views>(response: Response, name: Name, model: Views[Name]): void {
  const { locals } = response
  locals.t ??= t()
  const language = (locals.language ??= usualLanguage())
  response.render(name, model, (error: Error | null, html: string) => {
    if (error) response.req.next?.(error)
    else response.send(pageIn(language, html))
  })
}

/** Renders a part of a page without anything of the visitor but their language, so that others can be sent it. */
export function renderPart<Name extends keyof Views>(
  app: Application,
  name: Name,
  model: Views[Name],
): Promise<string> {
  return new Promise((resolve, reject) => {
    app.render(name, { ...model, t: t() }, (error: Error | null, html: string) => {
      if (error) reject(error)
      else resolve(html)
    })
  })
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    // Express passes `locals` to every view.
    interface Locals extends Partial<Shell> {
      /** True on the first page after sign-in if the guest's cart was merged into the account's. */
      cartMerged?: boolean
    }
  }
}
