// Runs once before the browser tests: finds or installs a Chromium, and passes its path to every test process.
import { provideChromium } from './chromium.js'

export default async function setup(): Promise<void> {
  process.env['CHROME_PATH'] = await provideChromium()
}
