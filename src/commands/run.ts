// Runs the operator's commands: connects them to the database and Stripe, and prints their result or error.
import { hostname, userInfo } from 'node:os'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { actAs, type Actor } from '../audit/actor.js'
import { ConfigError, developmentDatabase, importDevelopment, loadConfig, type Config } from '../config.js'
import { openDatabase, type Database } from '../database/client.js'
import { isDatabaseAway } from '../database/errors.js'
import { SessionError } from '../database/session.js'
import { createLogger } from '../http/logging.js'
import { Problem } from '../http/problem.js'
import { readLocalStripe } from '../payments/local-stripe.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { createStripeContext } from '../payments/stripe-client.js'
import { readSettings } from '../settings/read-settings.js'
import { shopAppId } from '../settings/shop-identity.js'

/** Thrown when a command can't be carried out. Only the message is printed. */
export class CommandError extends Error {
  override name = 'CommandError'
}

/** Thrown when the arguments are wrong. The usage is printed after the message. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface CommandDeps extends PaymentDeps {
  config: Config
}

export interface Command {
  /** Printed when the arguments are wrong. */
  usage: string
  /** @returns what to print. @throws CommandError, UsageError or Problem, whose messages are printed */
  run: (deps: CommandDeps, args: readonly string[]) => Promise<string>
}

/**
 * Parses the arguments of a command.
 * @param maxArguments how many arguments each sub-command takes at most
 * @throws UsageError that names the unknown option or sub-command, or the surplus arguments
 */
export function parseCommandLine<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  maxArguments: Readonly<Record<string, number>>,
) {
  const parsed = parseOptions(args, options)
  const [command = '', ...rest] = parsed.positionals
  if (command !== '' && !Object.hasOwn(maxArguments, command))
    throw new UsageError(`There is no command "${command}".`)
  const extra = rest.slice(maxArguments[command] ?? 0)
  if (extra.length > 0) throw new UsageError(`Too many arguments for "${command}": ${extra.join(' ')}`)
  return parsed
}

/**
 * Refuses options that a sub-command would ignore: they are probably mistakes.
 * @param accepted the options of each sub-command; one that is not listed takes none
 * @throws UsageError
 */
export function refuseOthers(
  command: string,
  given: object,
  accepted: Readonly<Record<string, readonly string[]>>,
): void {
  const surplus = Object.keys(given).find((option) => !(accepted[command] ?? []).includes(option))
  if (surplus !== undefined) throw new UsageError(`"${command}" takes no --${surplus}.`)
}

/** Parses how many rows to list. @throws CommandError */
export function parseLimit(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new CommandError('--limit must be a number from 1 to 9999.')
  return Number(text)
}

function parseOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    // The rest advises how to pass an argument that begins with a dash. None does.
    throw new UsageError((error as Error).message.replace(/\. To specify a positional.*$/s, '.'))
  }
}

/** Whether the arguments ask for the usage. */
export const isHelp = ([first, ...others]: readonly string[]) =>
  others.length === 0 && ['help', '--help', '-h'].includes(first ?? '')

/** Whoever can run commands on the shop's machine. */
const COMMAND_LINE: Actor = { kind: 'command', userId: null, address: whoOnWhichMachine(), requestId: null }

/** "deploy@web-1". In a container the user may have no name. */
function whoOnWhichMachine(): string {
  const name = () => {
    try {
      return userInfo().username
    } catch {
      return 'unnamed'
    }
  }
  return `${name()}@${hostname()}`
}

/** Runs a command and returns what to print and the exit code. */
export async function outputOf(
  command: Command,
  deps: CommandDeps,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  try {
    const output = isHelp(args) ? command.usage : await actAs(COMMAND_LINE, () => command.run(deps, args))
    return { code: 0, output }
  } catch (error) {
    if (error instanceof UsageError)
      return { code: 1, output: [error.message, command.usage].filter(Boolean).join('\n\n') }
    return { code: 1, output: explain(error) }
  }
}

/** Runs a command on the shop's database and prints the result. The shop need not be running. */
export async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  await onShopDatabase(async (url, config) => {
    const database = openDatabase(url, { max: 4 })
    try {
      await database.checkSession()
      const { code, output } = await outputOf(command, await depsOf(config, database), args)
      process.exitCode = code
      if (code === 0) console.log(output)
      else console.error(output)
    } finally {
      await database.close()
    }
  })
}

/**
 * Runs a command that needs only the database, and prints what it returns. Starts the development PostgreSQL if
 * DATABASE_URL is not set. Prints errors and sets the exit code instead of throwing.
 */
export async function runOnDatabase(
  command: (url: string, migrationUrl: string) => Promise<string>,
): Promise<void> {
  await onShopDatabase(async (url, { databaseDirectUrl }) => {
    console.log(await actAs(COMMAND_LINE, () => command(url, databaseDirectUrl ?? url)))
  })
}

/**
 * Runs work with the address of the shop's database. Starts the development PostgreSQL if DATABASE_URL is not set. Prints
 * errors and sets the exit code instead of throwing.
 */
export async function onShopDatabase(
  work: (url: string, config: Config) => Promise<void>,
  load: () => Config = loadConfig,
): Promise<void> {
  try {
    const config = load()
    if (config.databaseUrl !== null) {
      await work(config.databaseUrl, config)
      return
    }
    const { startPostgres } = await importDevelopment(import('dev-postgres'), 'DATABASE_URL')
    const postgres = await startPostgres(developmentDatabase(config))
    await work(postgres.url, config).finally(() => postgres.stop())
  } catch (error) {
    process.exitCode = 1
    console.error(explain(error))
  }
}

async function depsOf(config: Config, database: Database): Promise<CommandDeps> {
  const access = config.stripe ?? readLocalStripe(config.dataDir)
  if (access === null)
    throw new CommandError(
      'Stripe is not set up: set STRIPE_SECRET_KEY, or run "npm start" once to create the local sandbox.',
    )
  const stripe = createStripeContext(access, await shopAppId(database.prisma), config)
  const log = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel, true)
  const settings = () => readSettings(database.prisma)
  return { config, database, stripe, settings, operatorEmail: config.operatorEmail, log }
}

function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof UsageError || error instanceof ConfigError)
    return error.message
  if (error instanceof SessionError) return error.message
  if (error instanceof Problem) return error.options.forOperator ?? error.detail
  if (isDatabaseAway(error))
    return `${(error as Error).message}\nCheck that the database is running and that DATABASE_URL is correct.`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
