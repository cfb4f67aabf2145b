// The only file that reads the environment. A missing, malformed or weak variable stops the start with an error that
// says how to set it.
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { config as readDotenv } from 'dotenv'
import { z } from 'zod'
import { urlProblems } from './database-url.js'

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
  /** The first signs new session cookies; all verify existing ones. */
  sessionSecrets: string[]
  /** Null: mail is kept for /dev/mail in development, and waits in the database in production. */
  smtpUrl: string | null
  mailFrom: string
  operatorEmail: string | null
  /** Number of processes that serve the shop. */
  webConcurrency: number
  /** Bearer token required to read /metrics. Null: loopback only. */
  metricsToken: string | null
  /** /readyz fails when events have been due for longer than this. */
  backlogLimitSeconds: number
  logLevel: string
  /** Express's `trust proxy`. */
  trustProxy: boolean | number | string
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

const environment = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  HOST: z.string().trim().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  BASE_URL: url(/^https?:$/, 'https://shop.example').refine(
    (text) => text === null || !URL.canParse(text) || isOrigin(new URL(text)),
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
  STRIPE_API_BASE: url(/^https?:$/, 'http://127.0.0.1:12111'),
  SANDBOX_PORT: port.default(12111),
  SESSION_SECRET: optional,
  SMTP_URL: url(/^smtps?:$/, 'smtp://user:password@mail.example:587'),
  MAIL_FROM: z.string().trim().min(3).default('Till <till@localhost>'),
  OPERATOR_EMAIL: optional.refine((text) => text === null || z.email().safeParse(text).success, {
    message: 'must be an email address',
  }),
  WEB_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(1),
  METRICS_TOKEN: optional,
  BACKLOG_LIMIT_SECONDS: z.coerce.number().int().min(1).default(300),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TRUST_PROXY: z
    .string()
    .trim()
    .default('off')
    .refine((text) => isTrustProxy(trustProxy(text)), {
      message: 'must be on, off, the number of proxies, or a list of addresses such as 10.0.0.1, 10.1.0.0/16',
    }),
})

/** Reads `.env` and the environment. Call once, at the start of a process. */
export function loadConfig(): Config {
  readDotenv({ path: path.join(projectRoot, '.env'), quiet: true })
  return parseConfig(process.env)
}

/**
 * Parses these variables into a configuration.
 * @throws ConfigError naming every variable that is missing, malformed or too weak
 */
export function parseConfig(variables: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(dropEmpty(variables))
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`))
  }
  const env = parsed.data
  const production = env.NODE_ENV === 'production'
  const dataDir = path.resolve(projectRoot, env.DATA_DIR)
  const problems: string[] = []

  const sessionSecrets = list(env.SESSION_SECRET)
  for (const secret of sessionSecrets) {
    if (production && isWeak(secret)) {
      problems.push('SESSION_SECRET is too weak: generate one with "openssl rand -hex 32".')
    }
  }
  if (production && sessionSecrets.length === 0) {
    problems.push('SESSION_SECRET is missing: generate one with "openssl rand -hex 32".')
  }
  if (production && env.METRICS_TOKEN !== null && isWeak(env.METRICS_TOKEN))
    problems.push('METRICS_TOKEN is too weak: generate one with "openssl rand -hex 32".')
  if (production && env.DATABASE_URL === null) {
    problems.push(
      'DATABASE_URL is missing: set it to a PostgreSQL 15 or newer database, such as postgresql://user:password@host:5432/till.',
    )
  }
  if (env.DATABASE_DIRECT_URL !== null && env.DATABASE_URL === null) {
    problems.push(
      'DATABASE_URL is missing: DATABASE_DIRECT_URL is only for migrations. Set DATABASE_URL to the address that the shop uses.',
    )
  }
  const stripe = stripeAccess(env, production, problems)
  if (env.DATABASE_URL === null || stripe === null || sessionSecrets.length === 0)
    problems.push(...folderProblems(dataDir))
  if (problems.length > 0) throw new ConfigError(problems)

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
    sessionSecrets: sessionSecrets.length > 0 ? sessionSecrets : [developmentSecret(dataDir)],
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM,
    operatorEmail: env.OPERATOR_EMAIL,
    webConcurrency: env.WEB_CONCURRENCY,
    metricsToken: env.METRICS_TOKEN,
    backlogLimitSeconds: env.BACKLOG_LIMIT_SECONDS,
    logLevel: env.LOG_LEVEL,
    trustProxy: trustProxy(env.TRUST_PROXY),
  }
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

function stripeAccess(env: Environment, production: boolean, problems: string[]): StripeAccess | null {
  const key = env.STRIPE_SECRET_KEY
  const secrets = list(env.STRIPE_WEBHOOK_SECRET)
  const apiBase = env.STRIPE_API_BASE ? new URL(env.STRIPE_API_BASE) : null
  const stripeIsConfigured =
    production || secrets.length > 0 || apiBase !== null || env.STRIPE_PUBLISHABLE_KEY !== null
  if (!key && !stripeIsConfigured) return null

  if (!key) {
    problems.push('STRIPE_SECRET_KEY is missing: copy it from https://dashboard.stripe.com/apikeys.')
  } else if (!/^(sk|rk)_(test|live)_\w{8,}$/.test(key)) {
    problems.push(
      'STRIPE_SECRET_KEY is not a secret key: use one that starts with sk_test_ or sk_live_ (rk_test_ or rk_live_ for a restricted key).',
    )
  } else if (
    env.STRIPE_PUBLISHABLE_KEY &&
    !env.STRIPE_PUBLISHABLE_KEY.startsWith(isLiveKey(key) ? 'pk_live_' : 'pk_test_')
  ) {
    problems.push('STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY must both be test keys or both be live keys.')
  }
  if (secrets.length === 0) {
    problems.push(
      'STRIPE_WEBHOOK_SECRET is missing: copy it from the webhook endpoint in the Stripe dashboard, ' +
        'or from the output of "stripe listen --all-snapshot --forward-to …/stripe/webhook".',
    )
  } else if (secrets.some((secret) => !/^whsec_\w{16,}$/.test(secret))) {
    problems.push(
      'STRIPE_WEBHOOK_SECRET is not a signing secret: it starts with whsec_. Separate several with commas.',
    )
  }
  if (apiBase?.protocol === 'http:' && !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(apiBase.hostname)) {
    problems.push('STRIPE_API_BASE would send the secret key unencrypted: use https or a loopback address.')
  }
  return key ? { secretKey: key, webhookSecrets: secrets, apiBase } : null
}

function dropEmpty(variables: NodeJS.ProcessEnv) {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
}

function isWeak(secret: string): boolean {
  return secret.length < 32 || new Set(secret).size < 8
}

function trustProxy(text: string): boolean | number | string {
  if (/^(off|false|0|no)$/i.test(text)) return false
  if (/^\d+$/.test(text)) return Number(text)
  if (/^(on|true|yes)$/i.test(text)) return 1
  return text
}

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal']

/** Whether Express accepts the value. Express itself throws an error that does not name the setting. */
function isTrustProxy(value: boolean | number | string): boolean {
  if (typeof value !== 'string') return true
  const networks = list(value)
  return networks.length > 0 && networks.every((text) => NAMED_NETWORKS.includes(text) || isNetwork(text))
}

/** An IP address or a network in CIDR notation: 10.0.0.1, 10.1.0.0/16, fd00::/8. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const maxBits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  if (maxBits === 0 || more.length > 0) return false
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= maxBits)
}

/** Creates the folder if needed. Returns why it can't be created or written to, if so. */
function folderProblems(dataDir: string): string[] {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
    return []
  } catch (error) {
    return [`DATA_DIR must be a writable folder: ${(error as Error).message}.`]
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
