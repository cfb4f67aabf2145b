// The Chromium of this machine, and what goes wrong in its pages without anybody seeing it.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'

/** The headless shell is Chromium without its windows: the same pages for half of the processor's time. */
const COMMANDS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** @throws Error that says what to install */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string {
  const { CHROME_PATH, PATH = '' } = environment
  const folders = PATH.split(path.delimiter)
  const places = CHROME_PATH
    ? [CHROME_PATH]
    : [...COMMANDS.flatMap((command) => folders.map((folder) => path.join(folder, command))), MAC]
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new Error(
    CHROME_PATH
      ? `CHROME_PATH is ${CHROME_PATH}, and there is no such file.`
      : 'There is no Chromium to test with. Install one (Debian and Ubuntu: apt-get install chromium-headless-shell), or set CHROME_PATH to the program of a Chrome or Chromium.',
  )
}

export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      // Chromium's own sandbox needs what root and most containers do not have; the pages are all ours.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

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
