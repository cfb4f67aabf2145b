// Collects what goes wrong in a browser's pages without showing on them.
import type { BrowserContext } from 'playwright-core'

export interface Faults {
  /** What went wrong since this was asked last, a sentence each. */
  take(): string[]
}

/**
 * Errors in the console (broken Content Security Policies among them), uncaught errors, and requests that failed or were
 * refused, in all pages of a context. Only what a person asked for may be refused: a page, or an answer to a form.
 */
export function watch(context: BrowserContext): Faults {
  let faults: string[] = []
  context.on('console', (message) => {
    // What did not load is judged below, where it is known what asked for it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`${message.page()?.url() ?? ''}: ${message.text()}`)
  })
  context.on('weberror', (error) => faults.push(`${error.page()?.url() ?? ''}: ${String(error.error())}`))
  context.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest())
      faults.push(`${response.url()} was answered ${response.status()}`)
  })
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // A page that is left takes with it what it had asked for.
    if (reason !== 'net::ERR_ABORTED') faults.push(`${request.url()} failed: ${reason}`)
  })
  return {
    take: () => {
      const taken = faults
      faults = []
      return taken
    },
  }
}
