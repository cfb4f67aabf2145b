// What the operator's commands share: the shop's configuration, database and Stripe, and faults in a sentence.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ConfigError, developmentDatabase, importDevelopment, loadConfig, type Config } from '../config.js'
import { openDatabase, type Database } from '../database/client.js'
import { isDatabaseAway } from '../database/errors.js'
import { createLogger } from '../http/logging.js'
import { Problem } from '../http/problem.js'
import { readLocalStripe } from '../payments/local-stripe.js'
import type { PaymentDeps } from '../payments/payment-deps.js'
import { createStripeContext } from '../payments/stripe-client.js'
import { shopAppId } from '../settings/shop-identity.js'

/** Said by a command that can't do what it was told; the message is all that is printed. */
export class CommandError extends Error {
  override name = 'CommandError'
}

/** Said when the words of a command make none: the usage is printed behind the message. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface CommandDeps extends PaymentDeps {
  config: Config
}

export interface Command {
  /** Printed when there is no such sub-command. */
  usage: string
  /** @returns what is to be printed. @throws CommandError and Problem, whose sentences are printed */
  run: (deps: CommandDeps, words: readonly string[]) => Promise<string>
}

/**
 * The words of a command, taken apart.
 * @param most how many words may follow each sub-command
 * @throws UsageError naming the word that is none of its options, or one too many
 */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
  most: Readonly<Record<string, number>>,
) {
  const parsed = takenApart(words, options)
  const [command = '', ...rest] = parsed.positionals
  const surplus = Object.hasOwn(most, command) ? rest.slice(most[command]) : []
  if (surplus.length > 0)
    throw new UsageError(`"${command}" does not take so many words: ${surplus.join(' ')}`)
  return parsed
}

function takenApart<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Runs a command and says what came of it: what is to be printed, and the exit code. */
export async function outputOf(
  command: Command,
  deps: CommandDeps,
  words: readonly string[],
): Promise<{ code: number; output: string }> {
  try {
    return { code: 0, output: await command.run(deps, words) }
  } catch (error) {
    if (error instanceof UsageError)
      return { code: 1, output: [error.message, command.usage].filter(Boolean).join('\n\n') }
    return { code: 1, output: explain(error) }
  }
}

/** Runs a command in this process, on the shop's database, whether the shop runs or not. */
export async function runCommand(command: Command, words: readonly string[]): Promise<void> {
  await onShopDatabase(async (url, config) => {
    const database = openDatabase(url, { max: 4 })
    try {
      const { code, output } = await outputOf(command, await depsOf(config, database), words)
      process.exitCode = code
      if (code === 0) console.log(output)
      else console.error(output)
    } finally {
      await database.close()
    }
  })
}

/**
 * Runs a command that needs the shop's database and nothing else, and prints what it returns. Starts the development
 * PostgreSQL where no DATABASE_URL is set. Prints an error and sets the exit code instead of throwing.
 */
export async function runOnDatabase(command: (url: string) => Promise<string>): Promise<void> {
  await onShopDatabase(async (url) => {
    console.log(await command(url))
  })
}

async function onShopDatabase(work: (url: string, config: Config) => Promise<void>): Promise<void> {
  try {
    const config = loadConfig()
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
      'There is no Stripe to ask yet: set STRIPE_SECRET_KEY, or start the shop once with npm start.',
    )
  const stripe = createStripeContext(access, await shopAppId(database.prisma), config)
  const log = createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel, true)
  return { config, database, stripe, operatorEmail: config.operatorEmail, log }
}

function explain(error: unknown): string {
  if (error instanceof CommandError || error instanceof UsageError || error instanceof ConfigError)
    return error.message
  if (error instanceof Problem) return error.options.forOperator ?? error.detail
  if (isDatabaseAway(error))
    return `${(error as Error).message}\nIs the database running, and is DATABASE_URL right?`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
