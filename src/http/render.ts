// Renders a page: a view with the model that its type requires.
import type { Application, Response } from 'express'
import type { Shell, Views } from './view-models.js'

/** Renders views/<name>.ejs with its model and what `shell()` in app.ts put into `response.locals`. */
export function render<Name extends keyof Views>(response: Response, name: Name, model: Views[Name]): void {
  response.render(name, model)
}

/** Renders a part of a page without anything of the visitor, so that others can be sent it. */
export function renderPart<Name extends keyof Views>(
  app: Application,
  name: Name,
  model: Views[Name],
): Promise<string> {
  return new Promise((resolve, reject) => {
    app.render(name, model, (error: Error | null, html: string) => {
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
