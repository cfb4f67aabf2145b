// Runs the operator's commands on the test shop's database and Stripe.
import { pino } from 'pino'
import { auditCommand } from '../../src/commands/audit.js'
import { checkoutsCommand } from '../../src/commands/checkouts.js'
import { healthCommand } from '../../src/commands/health.js'
import { customersCommand } from '../../src/commands/customers.js'
import { disputesCommand } from '../../src/commands/disputes.js'
import { incidentsCommand } from '../../src/commands/incidents.js'
import { mailsCommand } from '../../src/commands/mails.js'
import { picturesCommand } from '../../src/commands/pictures.js'
import { policiesCommand } from '../../src/commands/policies.js'
import { numbersCommand } from '../../src/commands/numbers.js'
import { productsCommand } from '../../src/commands/products.js'
import { reconcileCommand } from '../../src/commands/reconcile.js'
import { repairCommand } from '../../src/commands/repair.js'
import { outputOf, type CommandDeps } from '../../src/commands/run.js'
import { parseConfig } from '../../src/config.js'
import { operatorsCommand } from '../../src/commands/operators.js'
import { ordersCommand } from '../../src/commands/orders.js'
import { settingsCommand } from '../../src/commands/settings.js'
import { shippingCommand } from '../../src/commands/shipping.js'
import { createStripeContext } from '../../src/payments/stripe-client.js'
import { readSettings } from '../../src/settings/read-settings.js'
import { discountsCommand } from '../../src/commands/discounts.js'
import { eventsCommand } from '../../src/commands/events.js'
import type { TestShop } from './shop.js'

export const COMMANDS = {
  orders: ordersCommand,
  audit: auditCommand,
  checkouts: checkoutsCommand,
  health: healthCommand,
  customers: customersCommand,
  disputes: disputesCommand,
  discounts: discountsCommand,
  events: eventsCommand,
  incidents: incidentsCommand,
  mails: mailsCommand,
  numbers: numbersCommand,
  operators: operatorsCommand,
  pictures: picturesCommand,
  policies: policiesCommand,
  products: productsCommand,
  reconcile: reconcileCommand,
  repair: repairCommand,
  settings: settingsCommand,
  shipping: shippingCommand,
}

export type CommandedShop = Pick<TestShop, 'database' | 'environment' | 'appId'>

/** Runs `npm run NAME -- WORDS`. Returns its output and exit code. */
export function runCommand(
  shop: CommandedShop,
  name: keyof typeof COMMANDS,
  ...words: string[]
): Promise<{ code: number; output: string }> {
  return outputOf(COMMANDS[name], depsOf(shop), words)
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
