// npm run orders, events, products: the operator's commands, each a list of sub-commands in its part of the shop.
import { productsCommand } from '../catalog/command.js'
import { ordersCommand } from '../orders/command.js'
import { eventsCommand } from '../webhooks/command.js'
import { runCommand } from './run.js'

const COMMANDS = { orders: ordersCommand, events: eventsCommand, products: productsCommand }

const [name, ...words] = process.argv.slice(2)
if (name === undefined || !Object.hasOwn(COMMANDS, name)) throw new Error(`There is no command ${name}.`)
await runCommand(COMMANDS[name as keyof typeof COMMANDS], words)
