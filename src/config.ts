// The only file that reads the environment. A missing, malformed or weak variable stops the start with an error that
// says how to set it.
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { config as readDotenv } from 'dotenv'
import { z } from 'zod'
import { urlProblems } from './database-url.js'
import { keyProblem, PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET } from './stripe-keys.js'
import { isTrustProxy, trustProxy } from './trust-proxy.js'

/** The folder of package.json. Correct from src/ and from dist/. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

export interface StripeAccess {
  secretKey: string
  /** Signing secrets. Several are valid at once while one is being rotated. */
  webhookSecrets: string[]
  /** Base URL of Stripe's API. Null: api.stripe.com. */
  apiBase: URL | null
}

export interface Config {
  production: boolean
  host: string
  port: number
  /** Public origin for links and return URLs, without a trailing slash. */
  baseUrl: string
  /** Null: the development PostgreSQL in `dataDir`. */
  databaseUrl: string | null
  /** Where migrations connect instead, past a connection pooler. Null: as the shop does. */
  databaseDirectUrl: string | null
  dataDir: string
  /** Null: the local sandbox, started with the shop. */
  stripe: StripeAccess | null
  sandboxPort: number
  /** Origin of Stripe's page on the account's custom domain. Null: it has none. */
  checkoutOrigin: string | null
  /** The first signs new session cookies; all verify existing ones. */
  sessionSecrets: string[]
  /** Null, in development only: mail is kept for /dev/mail. */
  smtpUrl: string | null
  mailFrom: string
  operatorEmail: string | null
  /** Number of processes that serve the shop. */
  webConcurrency: number
  /** Bearer token required to read /metrics. Null: nobody can. */
  metricsToken: string | null
  /** /readyz fails when events have been due for longer than this. */
  backlogLimitSeconds: number
  logLevel: string
  /** What is sent to an OpenTelemetry collector. Null: nothing, and nothing of it is loaded. */
  telemetry: {
    endpoint: string
    traces: boolean
    metrics: boolean
    serviceName: string
    metricsEveryMs: number
  } | null
  /** Express's `trust proxy`. */
  trustProxy: boolean | number | string
  /** What is probably a mistake; in development, what production would refuse. */
  warnings: string[]
}

/** Lists everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  constructor(readonly problems: string[]) {
    super(`The configuration is invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
  }
}

// Port 0 (any free port) is refused: BASE_URL and the webhook endpoint must name the port.
const PORT_MESSAGE = 'must be a port number from 1 to 65535'
const port = z.coerce.number(PORT_MESSAGE).int(PORT_MESSAGE).min(1, PORT_MESSAGE).max(65535, PORT_MESSAGE)
const optional = z
  .string()
  .trim()
  .transform((text) => (text === '' ? null : text))
  .nullable()
  .default(null)
const url = (protocols: RegExp, example: string) =>
  optional.refine((text) => text === null || (URL.canParse(text) && protocols.test(new URL(text).protocol)), {
    message: `must be a URL such as ${example}`,
  })
const isOrigin = ({ pathname, search, hash, username }: URL) =>
  pathname === '/' && `${search}${hash}${username}` === ''
/** Whether the host is a name or an address, and no pattern such as `*`. */
const hasPlainHost = ({ hostname }: URL) => /^([a-z\d_.-]+|\[[a-f\d:.]+\])$/.test(hostname)
/** Null for a text that is neither a domain nor its https origin. Http is for tests on this machine. */
const checkoutOrigin = (text: string): string | null => {
  const url = /^https?:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  const isSecure = parsed.protocol === 'https:' || isLoopback(parsed.hostname)
  return isSecure && isOrigin(parsed) && !/[*,;'\s]/.test(text) ? parsed.origin : null
}
const list = (text: string | null) =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

const databaseUrl = url(/^postgres(ql)?:$/, 'postgresql://user:password@host:5432/till').superRefine(
  (text, context) => {
    if (text === null || !URL.canParse(text)) return
    for (const message of urlProblems(text)) context.addIssue({ code: 'custom', message })
  },
)
const oneOf = <Value extends string>(values: readonly [Value, ...Value[]]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` })
const count = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(message).int(message).min(min, message).max(max, message)
}

const environment = z.object({
  NODE_ENV: oneOf(['production', 'development', 'test']).default('development'),
  HOST: z.string().trim().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  BASE_URL: url(/^https?:$/, 'https://shop.example').refine(
    (text) =>
      text === null || !URL.canParse(text) || (isOrigin(new URL(text)) && hasPlainHost(new URL(text))),
    {
      message:
        'must be an origin such as https://shop.example, without a path: the shop is served from the root',
    },
  ),
  DATABASE_URL: databaseUrl,
  DATABASE_DIRECT_URL: databaseUrl,
  DATA_DIR: z.string().trim().min(1).default('.till'),
  STRIPE_SECRET_KEY: optional,
  STRIPE_PUBLISHABLE_KEY: optional,
  STRIPE_WEBHOOK_SECRET: optional,
  STRIPE_API_BASE: url(/^https?:$/, 'http://127.0.0.1:12111').refine(
    (text) => text === null || !URL.canParse(text) || isOrigin(new URL(text)),
    { message: 'must be an origin such as http://127.0.0.1:12111, without a path' },
  ),
  STRIPE_CHECKOUT_DOMAIN: optional.refine((text) => text === null || checkoutOrigin(text) !== null, {
    message: 'must be the custom domain of your Stripe account, such as pay.shop.example, without a path',
  }),
  SANDBOX_PORT: port.default(12111),
  SESSION_SECRET: optional,
  SMTP_URL: url(/^smtps?:$/, 'smtp://user:password@mail.example:587').refine(
    (text) => text === null || !URL.canParse(text) || new URL(text).hostname !== '',
    { message: 'names no mail server: write smtp://user:password@mail.example:587.' },
  ),
  MAIL_FROM: optional.refine((text) => text === null || isSender(text), {
    message: 'must be an address, such as shop@shop.example or "Till <shop@shop.example>"',
  }),
  OPERATOR_EMAIL: optional.refine((text) => text === null || z.email().safeParse(text).success, {
    message: 'must be an email address',
  }),
  WEB_CONCURRENCY: count(1, 64).default(1),
  METRICS_TOKEN: optional,
  BACKLOG_LIMIT_SECONDS: count(1, 604_800).default(300),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?:$/, 'http://127.0.0.1:4318'),
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf(['http/json']).default('http/json'),
  OTEL_SDK_DISABLED: oneOf(['true', 'false']).default('false'),
  OTEL_SERVICE_NAME: z.string().trim().min(1).default('till'),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none']).default('otlp'),
  OTEL_METRICS_EXPORTER: oneOf(['otlp', 'none']).default('otlp'),
  OTEL_METRIC_EXPORT_INTERVAL: count(100, 3_600_000).default(60_000),
  TRUST_PROXY: optional.refine((text) => isTrustProxy(trustProxy(text ?? 'off')), {
    message: 'must be on, off, the number of proxies, or a list of addresses such as 10.0.0.1, 10.1.0.0/16',
  }),
})

/** The names of all variables that the shop reads. */
export const VARIABLES: readonly string[] = Object.keys(environment.shape)

/**
 * Reads `.env` and the environment. Call once, at the start of a process.
 * @param defaults of variables that need not be set for what the process does
 */
export function loadConfig(defaults: NodeJS.ProcessEnv = {}): Config {
  readDotenv({ path: path.join(projectRoot, '.env'), quiet: true })
  return parseConfig({ ...defaults, ...dropEmpty(process.env) })
}

/**
 * Parses these variables into a configuration.
 * @throws ConfigError naming every variable that is missing, malformed or unsafe
 */
export function parseConfig(variables: NodeJS.ProcessEnv): Config {
  const { env, malformed } = readVariables(variables)
  // A misspelt NODE_ENV is judged like production, which is what it probably meant.
  const production = env.NODE_ENV === 'production' || malformed.some(({ name }) => name === 'NODE_ENV')
  const dataDir = path.resolve(projectRoot, env.DATA_DIR)
  const sessionSecrets = list(env.SESSION_SECRET)
  const problems: Problem[] = [...malformed]
  if (env.DATABASE_DIRECT_URL !== null && env.DATABASE_URL === null) {
    problems.push({
      name: 'DATABASE_URL',
      what: 'is missing: DATABASE_DIRECT_URL is only for migrations. Set DATABASE_URL to the address that the shop uses.',
    })
  }
  const stripe = stripeAccess(env, production, problems)
  const forProduction = productionProblems(env, sessionSecrets)
  if (production) problems.push(...forProduction)
  if (env.DATABASE_URL === null || stripe === null || sessionSecrets.length === 0)
    problems.push(...folderProblems(dataDir))
  if (problems.length > 0) throw new ConfigError(firstOfEach(problems).map(sentence))

  return {
    production,
    host: env.HOST,
    port: env.PORT,
    baseUrl: (
      env.BASE_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`
    ).replace(/\/+$/, ''),
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL,
    dataDir,
    stripe,
    sandboxPort: env.SANDBOX_PORT,
    checkoutOrigin: env.STRIPE_CHECKOUT_DOMAIN === null ? null : checkoutOrigin(env.STRIPE_CHECKOUT_DOMAIN),
    sessionSecrets: sessionSecrets.length > 0 ? sessionSecrets : [developmentSecret(dataDir)],
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM ?? 'Till <till@localhost>',
    operatorEmail: env.OPERATOR_EMAIL,
    webConcurrency: env.WEB_CONCURRENCY,
    metricsToken: env.METRICS_TOKEN,
    backlogLimitSeconds: env.BACKLOG_LIMIT_SECONDS,
    logLevel: env.LOG_LEVEL,
    telemetry: telemetryOf(env),
    trustProxy: trustProxy(env.TRUST_PROXY ?? 'off'),
    warnings: production ? warningsOf(env) : notesFor(env, forProduction),
  }
}

/** The standard variables of OpenTelemetry. The SDK reads the others itself: headers, time limits, samplers, attributes. */
function telemetryOf(env: Environment): Config['telemetry'] {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === null || env.OTEL_SDK_DISABLED === 'true') return null
  return {
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, ''),
    traces: env.OTEL_TRACES_EXPORTER === 'otlp',
    metrics: env.OTEL_METRICS_EXPORTER === 'otlp',
    serviceName: env.OTEL_SERVICE_NAME,
    metricsEveryMs: env.OTEL_METRIC_EXPORT_INTERVAL,
  }
}

/** What is wrong with a variable, in words that follow its name. */
interface Problem {
  name: keyof Environment
  what: string
  isMissing?: true
}

const sentence = ({ name, what }: Problem) => `${name} ${what}`

/** One problem for each variable: what follows from a malformed value says nothing more. */
function firstOfEach(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ name }, index) => problems.findIndex((other) => other.name === name) === index)
}

const missing = (name: Problem['name'], how: string): Problem => ({
  name,
  what: `is missing: ${how}`,
  isMissing: true,
})

/** Reads each variable by itself, so that one that is malformed hides no other. It counts as not set. */
function readVariables(variables: NodeJS.ProcessEnv): { env: Environment; malformed: Problem[] } {
  const given = dropEmpty(variables)
  const { error } = environment.safeParse(given)
  const malformed = (error?.issues ?? []).map(({ path: [name], message }) => ({
    name: name as keyof Environment,
    what: message,
  }))
  for (const { name } of malformed) Reflect.deleteProperty(given, name)
  return { env: environment.parse(given), malformed }
}

const GENERATE = 'generate one with "openssl rand -hex 32".'

/** Why production must not start like this: it would be unsafe, or could not sell. Stripe's keys are checked apart. */
function productionProblems(env: Environment, sessionSecrets: readonly string[]): Problem[] {
  const { BASE_URL, DATABASE_URL, SMTP_URL, MAIL_FROM, TRUST_PROXY, METRICS_TOKEN } = env
  const base = BASE_URL === null ? null : new URL(BASE_URL)
  const problems: (Problem | false)[] = [
    base === null &&
      missing('BASE_URL', 'set it to the address that shoppers use, such as https://shop.example.'),
    base?.protocol === 'http:' &&
      !isLoopback(base.hostname) && {
        name: 'BASE_URL',
        what: 'must begin with https: over http, anyone on the way can read passwords and cookies.',
      },
    DATABASE_URL === null &&
      missing(
        'DATABASE_URL',
        'set it to a PostgreSQL 15 or newer database, such as postgresql://user:password@host:5432/till.',
      ),
    sessionSecrets.length === 0 && missing('SESSION_SECRET', GENERATE),
    sessionSecrets.some(isWeak) && { name: 'SESSION_SECRET', what: `is too weak: ${GENERATE}` },
    SMTP_URL === null &&
      missing(
        'SMTP_URL',
        'set it to your mail server, such as smtp://user:password@mail.example:587. Without it, nobody gets a receipt or a new password.',
      ),
    MAIL_FROM === null &&
      missing('MAIL_FROM', 'set it to the address that mail comes from, such as "Till <shop@shop.example>".'),
    base?.protocol === 'https:' &&
      TRUST_PROXY === null &&
      missing(
        'TRUST_PROXY',
        'set it to the number of proxies in front of the shop, such as 1, or to off if there is none. Behind a proxy that it does not trust, all shoppers share the limits of one.',
      ),
    METRICS_TOKEN !== null &&
      isWeak(METRICS_TOKEN) && { name: 'METRICS_TOKEN', what: `is too weak: ${GENERATE}` },
  ]
  return problems.filter((problem) => problem !== false)
}

/** What works in production, and is probably a mistake. */
function warningsOf(env: Environment): string[] {
  return [
    ...(isLiveKey(env.STRIPE_SECRET_KEY ?? '')
      ? []
      : ['STRIPE_SECRET_KEY is a test key: orders are confirmed, and no money moves.']),
    ...(env.STRIPE_API_BASE === null
      ? []
      : ['STRIPE_API_BASE is set: the shop asks that host for payments, and not Stripe.']),
    ...(env.OPERATOR_EMAIL === null
      ? ['OPERATOR_EMAIL is missing: nobody is mailed when something needs a person.']
      : []),
  ]
}

/** What production would refuse, in few lines. In development most of it is missing on purpose. */
function notesFor(env: Environment, problems: Problem[]): string[] {
  const all = [...problems]
  stripeAccess(env, true, all)
  const names = all.filter(({ isMissing }) => isMissing).map(({ name }) => name)
  return [
    ...(env.SMTP_URL !== null && env.MAIL_FROM === null
      ? ['MAIL_FROM is missing: mail comes from till@localhost, which many mail servers refuse.']
      : []),
    ...(names.length === 0 ? [] : [`Production also needs ${names.join(', ')}.`]),
    ...all.filter(({ isMissing }) => !isMissing).map((problem) => `In production, ${sentence(problem)}`),
  ]
}

/** Whether this is a live-mode key, with which real money moves. */
export function isLiveKey(secretKey: string): boolean {
  return /^(sk|rk)_live_/.test(secretKey)
}

/**
 * Awaits the import of a development package, which production installs leave out.
 * @param imported its dynamic import
 * @param variable the variable that makes the package unnecessary when set
 * @throws ConfigError naming that variable when the package is not installed
 */
export async function importDevelopment<Module>(
  imported: Promise<Module>,
  variable: string,
): Promise<Module> {
  try {
    return await imported
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    const { message } = error as Error
    throw new ConfigError([
      `${variable} is missing, and the package that replaces it in development is not installed: set ${variable}, or run "npm ci". ${message}`,
    ])
  }
}

/** Options for starting the development PostgreSQL in the data folder. */
export const developmentDatabase = ({ dataDir }: Config) => ({
  dir: dataDir,
  name: 'till',
  hint: 'Set DATABASE_URL to use your own PostgreSQL 15 or newer.',
})

type Environment = z.infer<typeof environment>

function stripeAccess(env: Environment, production: boolean, problems: Problem[]): StripeAccess | null {
  const key = env.STRIPE_SECRET_KEY
  const secrets = list(env.STRIPE_WEBHOOK_SECRET)
  const apiBase = env.STRIPE_API_BASE ? new URL(env.STRIPE_API_BASE) : null
  const stripeIsConfigured =
    production || secrets.length > 0 || apiBase !== null || env.STRIPE_PUBLISHABLE_KEY !== null
  if (!key && !stripeIsConfigured) return null

  const add = (name: Problem['name'], what: string | null) => {
    if (what !== null) problems.push({ name, what })
  }
  const publishable = env.STRIPE_PUBLISHABLE_KEY
  if (key === null)
    problems.push(missing('STRIPE_SECRET_KEY', 'copy it from https://dashboard.stripe.com/apikeys.'))
  else {
    add('STRIPE_SECRET_KEY', keyProblem(key, SECRET_KEY))
    if (isLiveKey(key) && !production)
      add(
        'STRIPE_SECRET_KEY',
        'is a live key, which moves real money: set NODE_ENV=production, or use a test key.',
      )
    if (publishable !== null && isLiveKey(key) !== /^pk_live_/.test(publishable))
      add('STRIPE_PUBLISHABLE_KEY', keyProblem(publishable, PUBLISHABLE_KEY) ?? MODES_DIFFER)
    if (apiBase !== null && isLiveKey(key) && isLoopback(apiBase.hostname))
      add('STRIPE_API_BASE', 'must not be set with a live key: the key would go to another host than Stripe.')
  }
  if (publishable !== null) add('STRIPE_PUBLISHABLE_KEY', keyProblem(publishable, PUBLISHABLE_KEY))
  if (secrets.length === 0)
    problems.push(
      missing(
        'STRIPE_WEBHOOK_SECRET',
        'copy it from the webhook endpoint in the Stripe dashboard, ' +
          'or from the output of "stripe listen --all-snapshot --forward-to …/stripe/webhook".',
      ),
    )
  for (const secret of secrets) add('STRIPE_WEBHOOK_SECRET', keyProblem(secret, WEBHOOK_SECRET))
  if (apiBase?.protocol === 'http:' && !isLoopback(apiBase.hostname))
    add('STRIPE_API_BASE', 'would send the secret key unencrypted: use https or a loopback address.')
  return key ? { secretKey: key, webhookSecrets: secrets, apiBase } : null
}

const MODES_DIFFER = 'and STRIPE_SECRET_KEY must both be test keys or both be live keys.'

/** Whether a host name is this machine's, so that nothing is sent over a network. */
export function isLoopback(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)
}

/** An address, alone or after a name: shop@shop.example, Till <shop@shop.example>. */
function isSender(text: string): boolean {
  return /^([^<>]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(text)
}

function dropEmpty(variables: NodeJS.ProcessEnv) {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
}

function isWeak(secret: string): boolean {
  return secret.length < 32 || new Set(secret).size < 8
}

/** Creates the folder if needed. Returns why it can't be created or written to, if so. */
function folderProblems(dataDir: string): Problem[] {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
    return []
  } catch (error) {
    return [{ name: 'DATA_DIR', what: `must be a writable folder: ${(error as Error).message}.` }]
  }
}

/** The generated session secret for development, kept in the data folder. */
function developmentSecret(dataDir: string): string {
  const file = path.join(dataDir, 'session-secret')
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8')
}
