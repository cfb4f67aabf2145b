// Entry point of the operator's commands: npm run orders, audit, backup, checkouts, customers, discounts, disputes, doctor, events,
// health, incidents, mails, numbers, operators, pictures, policies, products, reconcile, repair, restore, settings, shipping, seed,
// migrate:resolve.
import { onlyIn, OPERATORS_LANGUAGE } from '../messages/index.js'
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
import { runCommand, runOnDatabase } from './run.js'
import { seed } from './seed.js'
import { settingsCommand } from './settings.js'
import { shippingCommand } from './shipping.js'

const COMMANDS: Record<string, (args: string[]) => Promise<void>> = {
  orders: (args) => runCommand(ordersCommand, args),
  audit: (args) => runCommand(auditCommand, args),
  checkouts: (args) => runCommand(checkoutsCommand, args),
  customers: (args) => runCommand(customersCommand, args),
  disputes: (args) => runCommand(disputesCommand, args),
  discounts: (args) => runCommand(discountsCommand, args),
  doctor: (args) => runDoctor(args),
  events: (args) => runCommand(eventsCommand, args),
  health: (args) => runCommand(healthCommand, args),
  incidents: (args) => runCommand(incidentsCommand, args),
  mails: (args) => runCommand(mailsCommand, args),
  numbers: (args) => runCommand(numbersCommand, args),
  operators: (args) => runCommand(operatorsCommand, args),
  pictures: (args) => runCommand(picturesCommand, args),
  policies: (args) => runCommand(policiesCommand, args),
  products: (args) => runCommand(productsCommand, args),
  reconcile: (args) => runCommand(reconcileCommand, args),
  repair: (args) => runCommand(repairCommand, args),
  settings: (args) => runCommand(settingsCommand, args),
  shipping: (args) => runCommand(shippingCommand, args),
  backup: (args) => runOnDatabase((_url, migrationUrl) => backup(migrationUrl, args)),
  restore: (args) => runOnDatabase((url, migrationUrl) => restore(url, migrationUrl, args)),
  seed: (args) => runOnDatabase((url, migrationUrl) => seed(url, migrationUrl, args)),
  'migrate-resolve': ([migration]) =>
    runOnDatabase((_url, migrationUrl) => migrateResolve(migrationUrl, migration)),
}

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
if (!command) {
  console.error(`There is no command "${name}". Commands: ${Object.keys(COMMANDS).join(', ')}.`)
  process.exitCode = 1
} else await onlyIn(OPERATORS_LANGUAGE, () => command(args))
