// Entry point of the operator's commands: npm run orders and the others of command-table.ts.
import { onlyIn, OPERATORS_LANGUAGE } from '../messages/index.js'
import { COMMANDS } from './command-table.js'

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
if (!command) {
  console.error(`There is no command "${name}". Commands: ${Object.keys(COMMANDS).join(', ')}.`)
  process.exitCode = 1
} else await onlyIn(OPERATORS_LANGUAGE, () => command(args))
