// The operator's commands by name: npm run orders, and in production node dist/commands/main.js orders.
import { auditCommand } from './audit.js'
import { backup } from './backup.js'
import { checkoutsCommand } from './checkouts.js'
import { customersCommand } from './customers.js'
import { disputesCommand } from './disputes.js'
import { discountsCommand } from './discounts.js'
import { runDoctor } from './doctor.js'
import { eventsCommand } from './events.js'
import { healthCommand } from './health.js'
import { incidentsCommand } from './incidents.js'
import { mailsCommand } from './mails.js'
import { migrateResolve } from './migrate-resolve.js'
import { numbersCommand } from './numbers.js'
import { operatorsCommand } from './operators.js'
import { ordersCommand } from './orders.js'
import { picturesCommand } from './pictures.js'
import { policiesCommand } from './policies.js'
import { productsCommand } from './products.js'
import { reconcileCommand } from './reconcile.js'
import { repairCommand } from './repair.js'
import { restore } from './restore.js'
import { runCommand, runOnDatabase, type Command } from './run.js'
import { seed } from './seed.js'
import { settingsCommand } from './settings.js'
import { shippingCommand } from './shipping.js'

/** Those that work on the shop's rows and at Stripe. */
export const SHOP_COMMANDS = {
  orders: ordersCommand,
  audit: auditCommand,
  checkouts: checkoutsCommand,
  customers: customersCommand,
  disputes: disputesCommand,
  discounts: discountsCommand,
  events: eventsCommand,
  health: healthCommand,
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
} satisfies Record<string, Command>

const onRows = Object.fromEntries(
  Object.entries(SHOP_COMMANDS).map(([name, command]) => [
    name,
    (args: string[]) => runCommand(command, args),
  ]),
)

/** All of them. They print, and set the exit code. */
export const COMMANDS: Record<string, (args: string[]) => Promise<void>> = {
  ...onRows,
  doctor: (args) => runDoctor(args),
  backup: (args) => runOnDatabase((_url, migrationUrl) => backup(migrationUrl, args)),
  restore: (args) => runOnDatabase((url, migrationUrl) => restore(url, migrationUrl, args)),
  seed: (args) => runOnDatabase((url, migrationUrl) => seed(url, migrationUrl, args)),
  'migrate-resolve': ([migration]) =>
    runOnDatabase((_url, migrationUrl) => migrateResolve(migrationUrl, migration)),
}
