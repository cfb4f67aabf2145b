// The one way to answer a page: a view and exactly what it is given.
import type { Response } from 'express'
import type { Shell, Views } from './view-models.js'

/** Renders views/<name>.ejs inside the shell that `shell()` put into `response.locals`. */
export function render<Name extends keyof Views>(response: Response, name: Name, model: Views[Name]): void {
  response.render(name, model)
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Express's own types are extended this way
  namespace Express {
    // Express hands `locals` to every view.
    interface Locals extends Partial<Shell> {
      shopName?: string
      /** True on the first page after signing in, when what a guest had chosen has joined the account's cart. */
      cartJoined?: boolean
    }
  }
}
