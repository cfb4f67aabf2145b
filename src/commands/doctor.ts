// npm run doctor: compares the configuration with reality. Registers the endpoint at Stripe.
import { ConfigError, loadConfig, type Config } from '../config.js'
import { examine, stripeOf, type Setup } from '../doctor/examine.js'
import { findingsOf, type Finding } from '../doctor/finding.js'
import { registerEndpoint } from '../doctor/webhook-endpoints.js'
import { readLocalStripe } from '../payments/local-stripe.js'
import { isFromStripe, STRIPE_API_VERSION } from '../payments/stripe-client.js'
import { CommandError, onShopDatabase, parseCommandLine, UsageError } from './run.js'

const USAGE = `Usage: npm run doctor [-- --json]
       npm run doctor -- --register-endpoint

Compares the configuration with reality: the database, Stripe's key, account and endpoint, the mail server, the shop's
address as seen from outside, clocks and disks. Run it with the shop's variables while the shop runs. Prints what is to be
done, never a secret, and ends with 1 if something keeps the shop from selling.

  --json               prints the findings as JSON
  --register-endpoint  creates the endpoint at Stripe with exactly the events that the shop handles, and prints its signing
                       secret, once. If there is one already, it is updated`

const OPTIONS = {
  json: { type: 'boolean' },
  'register-endpoint': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Stands in for the signing secret while there is none: Stripe tells it when the endpoint is registered. */
const NO_SECRET_YET = { STRIPE_WEBHOOK_SECRET: 'whsec_notknownuntiltheendpointisregistered' }

/** Runs the command with the process's environment, and prints the result. */
export async function runDoctor(args: readonly string[]): Promise<void> {
  try {
    const { values, positionals } = parseCommandLine(args, OPTIONS, { help: 0 })
    if (values.help || positionals.length > 0) console.log(USAGE)
    else if (values['register-endpoint']) console.log(await register(loadConfig(NO_SECRET_YET)))
    else await examineAndPrint(values.json ?? false)
  } catch (error) {
    process.exitCode = 1
    console.error(explain(error))
  }
}

async function examineAndPrint(json: boolean): Promise<void> {
  const print = (findings: readonly Finding[]) => {
    if (isIll(findings)) process.exitCode = 1
    console.log(json ? asJson(findings) : asText(findings))
  }
  let config: Config
  try {
    config = loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { fault } = findingsOf('configuration')
    print(
      error.problems.map((problem) => fault(problem, 'The shop does not start before that is corrected.')),
    )
    return
  }
  await onShopDatabase(
    async (databaseUrl) => {
      const access = config.stripe ?? readLocalStripe(config.dataDir)
      print(await examine({ config, databaseUrl, access }))
    },
    () => config,
  )
}

/** Registers the endpoint, and returns what to print. The only place where a secret is printed. */
export async function register(config: Setup['config']): Promise<string> {
  const access = config.stripe ?? readLocalStripe(config.dataDir)
  if (access === null) throw new CommandError('Set STRIPE_SECRET_KEY first.')
  const { endpoint, secret } = await registerEndpoint(stripeOf(access, config))
  const { id, url, enabled_events: events, api_version: version } = endpoint
  const sends = `${id} sends ${events.length} types of events to ${url}.`
  if (secret !== null)
    return [
      `Created: ${sends}`,
      'Set this variable, restart the shop, and run the doctor. Stripe does not tell the secret again.',
      '',
      `STRIPE_WEBHOOK_SECRET=${secret}`,
    ].join('\n')
  return [
    `Updated: ${sends} Its secret stays as it is.`,
    ...(version === STRIPE_API_VERSION
      ? []
      : [
          `Its API version is ${version ?? 'the account’s'}, which Stripe can't change. For ${STRIPE_API_VERSION}, delete it in the dashboard and run this again.`,
        ]),
  ].join('\n')
}

const isIll = (findings: readonly Finding[]) => findings.some(({ verdict }) => verdict === 'fault')

export function asJson(findings: readonly Finding[]): string {
  return JSON.stringify({ can_sell: !isIll(findings), findings }, null, 2)
}

export function asText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ area, verdict, found, advice }) => [
    `${verdict.padEnd(7)}  ${area.padEnd(13)}  ${found}`,
    ...(advice === undefined ? [] : [`${' '.repeat(26)}→ ${advice}`]),
  ])
  return [...lines, '', summary(findings)].join('\n')
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['verdict']) => findings.filter(({ verdict }) => verdict === wanted).length
  const [faults, warnings] = [count('fault'), count('warning')]
  const also = warnings === 0 ? '' : ` ${warnings === 1 ? 'One warning' : `${warnings} warnings`} beside.`
  if (faults > 0)
    return `${faults === 1 ? 'One fault keeps' : `${faults} faults keep`} the shop from selling as it should.${also}`
  return `Nothing keeps the shop from selling.${also}`
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return [error.message, USAGE].filter(Boolean).join('\n\n')
  if (error instanceof CommandError || error instanceof ConfigError) return error.message
  if (isFromStripe(error)) return `Stripe refuses: ${error.message}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
