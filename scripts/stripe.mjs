// The official Stripe CLI, unmodified, on the sandbox that runs: npm run stripe -- listen …
//
// It finds the sandbox by its state folder: DATA_DIR's, as the shop does, or SANDBOX_DIR. A sandbox without a folder is
// named by STRIPE_API_BASE and STRIPE_SECRET_KEY. It has a configuration of its own, so a login to Stripe is neither
// used nor touched, and it reaches nothing but the sandbox and the URLs it forwards to.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { config } from 'dotenv'

const root = fileURLToPath(new URL('..', import.meta.url))
const fromFile = {}
config({ path: path.join(root, '.env'), quiet: true, processEnv: fromFile })
const environment = { ...fromFile, ...process.env }
const dataDir = path.resolve(root, environment.DATA_DIR || '.till')

/** These do not know `--api-base`, and ask the sandbox nothing. */
const localCommands = ['completion', 'config', 'help', 'login', 'logout', 'open', 'version']

function fail(message) {
  console.error(message)
  process.exit(1)
}

function sandboxByUrl(url, secretKey) {
  const { hostname, origin, protocol } = URL.canParse(url) ? new URL(url) : {}
  if (protocol !== 'http:' || !/^(127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    fail(
      `STRIPE_API_BASE is ${url}, which is no sandbox of this machine (http://127.0.0.1:12111). For your Stripe account use "npx stripe".`,
    )
  }
  if (!secretKey) fail('STRIPE_API_BASE is set, and STRIPE_SECRET_KEY is not: the sandbox prints it.')
  return { url: origin, secretKey, socket: null }
}

function sandboxByFolder(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'connection.json'), 'utf8'))
  } catch {
    return fail(
      `No sandbox runs in ${folder}. Start the shop without STRIPE_SECRET_KEY ("npm start"), or "npm run sandbox -- --dir ${folder}".`,
    )
  }
}

/** A sandbox that was killed leaves its file behind. */
async function checkAlive(url) {
  const answer = await fetch(`${url}/_sandbox/instance`, { signal: AbortSignal.timeout(3000) }).catch(
    () => null,
  )
  if (!answer?.ok) fail(`No sandbox answers at ${url}. Start it ("npm start" or "npm run sandbox").`)
}

function binary() {
  const require = createRequire(import.meta.url)
  const name = `${process.platform}-${process.arch}`
  const platform = require('@stripe/cli/platforms.json')[name]
  if (!platform) return fail(`Stripe has no CLI for ${name}.`)
  try {
    return path.join(path.dirname(require.resolve(`${platform.pkg}/package.json`)), 'bin', platform.bin)
  } catch {
    return fail(`${platform.pkg} is not installed. Run "npm ci" without --omit=optional.`)
  }
}

const words = process.argv.slice(2)
const command = words.find((word) => !word.startsWith('-'))
const local = command === undefined || localCommands.includes(command) || words.includes('--help')
const listens = !local && words.includes('listen')
const given = words.some((word) => /^--api-base(=|$)/.test(word))

const sandbox = environment.STRIPE_API_BASE
  ? sandboxByUrl(environment.STRIPE_API_BASE, environment.STRIPE_SECRET_KEY)
  : sandboxByFolder(path.resolve(root, environment.SANDBOX_DIR || path.join(dataDir, 'sandbox')))
await checkAlive(sandbox.url)

const configuration = path.join(dataDir, 'stripe-cli')
mkdirSync(configuration, { recursive: true })
const bySocket = !given && sandbox.socket !== null && existsSync(sandbox.socket)

const child = spawn(
  binary(),
  [
    ...words,
    ...(listens ? ['--skip-update'] : []),
    ...(bySocket || given || local ? [] : ['--api-base', sandbox.url]),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      STRIPE_API_KEY: sandbox.secretKey,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      STRIPE_INSTALL_METHOD: 'npm_run',
      STRIPE_NO_AUTO_UPDATE: '1',
      XDG_CONFIG_HOME: configuration,
      STRIPE_CLI_UNIX_SOCKET: bySocket ? sandbox.socket : undefined,
      // All but `listen` look for a newer version and cannot be told not to. Nobody is there, so that ends at once.
      ...(listens ? {} : { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' }),
    },
  },
)
// The program itself and not npm's shim, which would die of a signal and leave the program running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm passes a signal to the shell between us, which dies of it and tells nobody: then nobody waits for us any more.
const parent = process.ppid
setInterval(() => process.ppid === parent || child.kill(), 500).unref()
child.on('error', (error) => fail(`The Stripe CLI did not start: ${error.message}`))
child.on('exit', (code) => process.exit(code ?? 1))
