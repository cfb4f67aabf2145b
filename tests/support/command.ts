// The operator's commands on the test shop's database and Stripe.
import { pino } from 'pino'
import { productsCommand } from '../../src/catalog/command.js'
import { outputOf, type CommandParts } from '../../src/command-line/run.js'
import { parseConfig } from '../../src/config.js'
import { ordersCommand } from '../../src/orders/command.js'
import { createTerminal } from '../../src/payments/stripe-client.js'
import { eventsCommand } from '../../src/webhooks/command.js'
import type { TestShop } from './shop.js'

const COMMANDS = { orders: ordersCommand, events: eventsCommand, products: productsCommand }

/** What `npm run NAME -- WORDS` prints and exits with. */
export function runCommand(
  shop: TestShop,
  name: keyof typeof COMMANDS,
  ...words: string[]
): Promise<{ code: number; output: string }> {
  return outputOf(COMMANDS[name], partsOf(shop), words)
}

export function partsOf(shop: TestShop): CommandParts {
  const config = parseConfig(shop.environment)
  if (!config.stripe) throw new Error('the shop under test has no Stripe')
  const { database, appId } = shop
  return {
    config,
    database,
    terminal: createTerminal(config.stripe, appId, config),
    operatorEmail: config.operatorEmail,
    log: pino({ level: 'silent' }),
  }
}
