// The command `stripe-sandbox-cli`: runs the official Stripe CLI, unmodified, against a running sandbox. The CLI gets a
// configuration of its own, so a login to a Stripe account is neither used nor changed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Connection } from '../state/connection-file.js'
import { INSTANCE_PATH } from '../state/directory-lock.js'

/** Commands that send no request to the sandbox and do not accept `--api-base`. */
const LOCAL_COMMANDS = ['completion', 'config', 'help', 'login', 'logout', 'open', 'version']

/**
 * Runs the Stripe CLI with these arguments and ends the process with its exit code. The sandbox is found by
 * `STRIPE_SANDBOX_DIR`, or by `STRIPE_SANDBOX_URL` and `STRIPE_SANDBOX_KEY`.
 */
export async function runStripeCli(words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  try {
    await run(words, environment)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

async function run(words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const command = words.find((word) => !word.startsWith('-'))
  const isLocal = command === undefined || LOCAL_COMMANDS.includes(command) || words.includes('--help')
  const listens = !isLocal && words.includes('listen')
  const namesBase = words.some((word) => /^--api-base(=|$)/.test(word))

  const program = findProgram()
  const sandbox = isLocal ? undefined : await findSandbox(environment)
  const socket = namesBase || !sandbox?.socket || !existsSync(sandbox.socket) ? undefined : sandbox.socket
  const configuration = makeConfiguration(environment)
  const child = spawn(
    program,
    [
      ...words,
      ...(listens ? ['--skip-update'] : []),
      ...(sandbox && !socket && !namesBase ? ['--api-base', sandbox.url] : []),
    ],
    {
      stdio: 'inherit',
      env: {
        ...environment,
        STRIPE_API_KEY: sandbox?.secretKey,
        STRIPE_CLI_TELEMETRY_OPTOUT: '1',
        STRIPE_INSTALL_METHOD: 'npm_run',
        STRIPE_NO_AUTO_UPDATE: '1',
        XDG_CONFIG_HOME: configuration.directory,
        STRIPE_CLI_UNIX_SOCKET: socket,
        // Every command but `listen` looks for a newer version, and no option prevents it. Nothing listens on this
        // proxy, so the request fails at once.
        ...(listens ? {} : { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' }),
      },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  // When npm gets a signal, only the shell between npm and this process receives it and exits.
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill(), 500).unref()
  const end = (code: number): void => {
    configuration.remove()
    process.exit(code)
  }
  child.on('error', (error) => {
    process.stderr.write(`The Stripe CLI did not start: ${error.message}\n`)
    end(1)
  })
  child.on('exit', (code) => end(code ?? 1))
}

/** The program itself, not npm's wrapper: the wrapper would leave it running when a signal stops the wrapper. */
function findProgram(): string {
  const require = createRequire(import.meta.url)
  let platforms: Record<string, { pkg: string; bin: string }>
  try {
    platforms = require('@stripe/cli/platforms.json') as typeof platforms
  } catch {
    throw new Error(
      'The official Stripe CLI is not installed. Install it next to stripe-sandbox: npm install --save-dev @stripe/cli',
    )
  }
  const name = `${process.platform}-${process.arch}`
  const platform = platforms[name]
  if (!platform) throw new Error(`Stripe has no CLI for ${name}.`)
  try {
    return join(dirname(require.resolve(`${platform.pkg}/package.json`)), 'bin', platform.bin)
  } catch {
    throw new Error(`${platform.pkg} is not installed. Install again without --omit=optional.`)
  }
}

async function findSandbox(environment: NodeJS.ProcessEnv): Promise<Connection> {
  const {
    STRIPE_SANDBOX_DIR: directory,
    STRIPE_SANDBOX_URL: url,
    STRIPE_SANDBOX_KEY: secretKey,
  } = environment
  const connection = url ? connectionByUrl(url, secretKey) : connectionByDirectory(directory)
  // A killed sandbox leaves its connection file behind.
  const answer = await fetch(`${connection.url}${INSTANCE_PATH}`, {
    signal: AbortSignal.timeout(3000),
  }).catch(() => null)
  if (!answer?.ok)
    throw new Error(`No sandbox answers at ${connection.url}. Start one with "stripe-sandbox".`)
  return connection
}

function connectionByUrl(url: string, secretKey: string | undefined): Connection {
  const { hostname, origin, protocol } = URL.canParse(url) ? new URL(url) : {}
  if (protocol !== 'http:' || !origin || !/^(127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname ?? '')) {
    throw new Error(
      `STRIPE_SANDBOX_URL is ${url}, which is not a sandbox on this machine (for example http://127.0.0.1:12111). For your Stripe account use "npx stripe".`,
    )
  }
  if (!secretKey)
    throw new Error('STRIPE_SANDBOX_URL is set, but STRIPE_SANDBOX_KEY is not: the sandbox prints its key.')
  return { url: origin, secretKey, socket: null }
}

function connectionByDirectory(directory: string | undefined): Connection {
  if (!directory) {
    throw new Error(
      'Which sandbox? Set STRIPE_SANDBOX_DIR to the directory given to "stripe-sandbox --dir", or STRIPE_SANDBOX_URL and STRIPE_SANDBOX_KEY to the address and the key that the sandbox printed.',
    )
  }
  try {
    return JSON.parse(readFileSync(join(directory, 'connection.json'), 'utf8')) as Connection
  } catch {
    throw new Error(
      `No sandbox is running in ${directory}. Start one with "stripe-sandbox --dir ${directory}".`,
    )
  }
}

/** Kept beside the sandbox's state. Without a state directory, for this run only. */
function makeConfiguration({ STRIPE_SANDBOX_DIR: state }: NodeJS.ProcessEnv): {
  directory: string
  remove: () => void
} {
  if (!state) {
    const directory = mkdtempSync(join(tmpdir(), 'stripe-sandbox-cli-'))
    return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
  }
  const directory = resolve(state, 'stripe-cli')
  mkdirSync(directory, { recursive: true })
  return { directory, remove: () => undefined }
}
