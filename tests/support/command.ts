// Runs the operator's commands on the test shop's database and Stripe.
import { pino } from 'pino'
import { SHOP_COMMANDS } from '../../src/commands/command-table.js'
import { outputOf, type CommandDeps } from '../../src/commands/run.js'
import { parseConfig } from '../../src/config.js'
import { createStripeContext } from '../../src/payments/stripe-client.js'
import { readSettings } from '../../src/settings/read-settings.js'
import type { TestShop } from './shop.js'

export type CommandedShop = Pick<TestShop, 'database' | 'environment' | 'appId'>

/** Runs `npm run NAME -- WORDS`. Returns its output and exit code. */
export function runCommand(
  shop: CommandedShop,
  name: keyof typeof SHOP_COMMANDS,
  ...words: string[]
): Promise<{ code: number; output: string }> {
  return outputOf(SHOP_COMMANDS[name], depsOf(shop), words)
}

export function depsOf(shop: CommandedShop): CommandDeps {
  const config = parseConfig(shop.environment)
  if (!config.stripe) throw new Error('the shop under test has no Stripe')
  const { database, appId } = shop
  return {
    config,
    database,
    stripe: createStripeContext(config.stripe, appId, config),
    settings: () => readSettings(database.prisma),
    operatorEmail: config.operatorEmail,
    log: pino({ level: 'silent' }),
  }
}
