// Collects errors in a browser's pages that are not visible on them.
import type { BrowserContext } from 'playwright-core'

export interface Faults {
  /** The errors since the last call, one sentence each. */
  take(): string[]
}

/**
 * Collects console errors (including Content Security Policy violations), uncaught errors and failed requests in
 * all pages of a context. Of the responses with an error status, only navigations (pages and form submissions)
 * are allowed.
 */
export function watch(context: BrowserContext): Faults {
  let faults: string[] = []
  context.on('console', (message) => {
    // Resources that failed to load are reported by the handlers below.
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
    // Leaving a page aborts its pending requests.
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
