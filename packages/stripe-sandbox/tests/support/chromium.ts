// Finds and starts the Chromium of this machine.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

/** The headless shell comes first: it renders the same pages for half the processor time. */
const COMMANDS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

export function openChromium(): Promise<Browser> {
  // Chromium's own sandbox needs privileges that root and most containers lack. It only opens our own pages here.
  return chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
}

/** @throws Error that says what to install */
function findChromium(): string {
  const { CHROME_PATH, PATH = '' } = process.env
  const folders = PATH.split(delimiter)
  const places = [...COMMANDS.flatMap((command) => folders.map((folder) => join(folder, command))), MAC]
  const found = CHROME_PATH || places.find((place) => existsSync(place))
  if (found) return found
  throw new Error(
    'No Chromium found. Install one (Debian and Ubuntu: apt-get install chromium-headless-shell), or set CHROME_PATH.',
  )
}
