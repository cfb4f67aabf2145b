// Once before the browser tests: finds a Chromium, or installs one, and tells every test process where it is.
import { provideChromium } from './chromium.js'

export default async function setup(): Promise<void> {
  process.env['CHROME_PATH'] = await provideChromium()
}
