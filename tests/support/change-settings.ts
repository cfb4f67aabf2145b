// The owner's settings, changed while the shop runs.
import type { Settings } from '../../src/settings/settings.js'
import { stranger } from './shopper.js'
import type { TestShop } from './shop.js'

/** Changes the settings, and waits until the shop uses them. */
export async function changeSettings(shop: TestShop, settings: Partial<Settings>): Promise<void> {
  await shop.database.prisma.shop.updateMany({ data: settings })
  await new Promise((resolve) => setTimeout(resolve, 550))
  await stranger(shop.url).get('/pricing')
}
