// Another shop on the database of a shop under test, as a second process would be.
import { pino } from 'pino'
import { parseConfig } from '../../src/config.js'
import { startShop } from '../../src/shop.js'
import { freePort } from './free-port.js'
import type { TestShop } from './shop.js'

export async function startBeside({
  environment,
}: Pick<TestShop, 'environment'>): Promise<{ url: string; stop: () => Promise<void> }> {
  const config = parseConfig({ ...environment, PORT: String(await freePort()) })
  if (!config.stripe || !config.databaseUrl) throw new Error('the second shop has no Stripe or database')
  const { databaseUrl, stripe } = config
  const log = pino({ level: 'silent' })
  const second = await startShop({ config, databaseUrl, stripe, demo: false, log })
  return { url: `http://127.0.0.1:${second.port}`, stop: () => second.stop() }
}
