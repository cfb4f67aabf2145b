// The commands of the "dev-postgres" program.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runningPostgres, stopPostgres } from './running-postgres.js'
import { startPostgres } from './start-postgres.js'

const USAGE = `Usage: dev-postgres COMMAND --dir PATH [options]

Commands:
  start    start PostgreSQL on the data in PATH, or join the server that runs
           there; print its URL; stop on Ctrl-C, SIGTERM or SIGHUP
  url      print the URL of the running server
  status   print whether a server runs, its process id and its port
  stop     stop the server, whoever uses it

Options:
  --dir PATH    folder for the data; start creates it
  --port N      for start: the port (default: the port of last time, or a free one)
  --name NAME   for start: the name of a new role and its database (default: dev)
  --help        print this text
  --version     print the version

Exit codes: 0 success, 1 failure, 2 wrong usage, 3 no server is running (url, status)
`

const EXIT = { success: 0, failure: 1, usage: 2, notRunning: 3 } as const

class UsageError extends Error {
  override name = 'UsageError'
}

interface Options {
  dir: string
  port: number | undefined
  name: string | undefined
}

type Command = (options: Options) => Promise<number>

const COMMANDS: Record<string, Command> = { start, url, status, stop }

/** Runs the command that the arguments name and returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  try {
    const { positionals, values } = parse(args)
    if (values.help) return print(USAGE)
    if (values.version) return print(`${await readVersion()}\n`)
    const [name, ...rest] = positionals
    if (name === undefined) throw new UsageError('Which command?')
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!command) throw new UsageError(`There is no command "${name}".`)
    if (rest.length > 0) throw new UsageError(`Unexpected argument "${rest.join(' ')}".`)
    if (!values.dir) throw new UsageError('--dir is missing.')
    if (name !== 'start' && (values.port !== undefined || values.name !== undefined))
      throw new UsageError(`--port and --name are options of "start", not of "${name}".`)
    return await command({ dir: values.dir, port: portOf(values.port), name: values.name })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof UsageError)) {
      say(message)
      return EXIT.failure
    }
    say(`${message}\nRun "dev-postgres --help" for the commands and options.`)
    return EXIT.usage
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        dir: { type: 'string' },
        port: { type: 'string' },
        name: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65535)
    throw new UsageError(`--port takes a number from 1 to 65535, not "${text}".`)
  return port
}

async function start(options: Options): Promise<number> {
  // Listen first: a signal during the start must stop the server too.
  const signalled = nextSignal()
  const server = await startPostgres({ ...options, log: say })
  print(`${server.url}\n`)
  say(server.started ? 'PostgreSQL is ready.' : 'PostgreSQL was running already; joined it.')
  const keepAlive = setInterval(() => undefined, 2 ** 30)
  await Promise.race([signalled, server.stopped])
  await server.stop()
  clearInterval(keepAlive)
  if (await runningPostgres(options.dir)) say('PostgreSQL goes on running: someone else still uses it.')
  return EXIT.success
}

/** Resolves at the first signal that asks the process to end. The same signal again ends it at once. */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
  })
}

async function url({ dir }: Options): Promise<number> {
  const running = await runningPostgres(dir)
  return running ? print(`${running.url}\n`) : notRunning(dir)
}

async function status({ dir }: Options): Promise<number> {
  const running = await runningPostgres(dir)
  if (!running) return notRunning(dir)
  return print(`PostgreSQL is running: process ${running.pid}, port ${new URL(running.url).port}.\n`)
}

async function stop({ dir }: Options): Promise<number> {
  say((await stopPostgres(dir)) ? 'PostgreSQL has stopped.' : `No PostgreSQL is running on ${dir}.`)
  return EXIT.success
}

function notRunning(dir: string): number {
  say(`No PostgreSQL is running on ${dir}.`)
  return EXIT.notRunning
}

function print(text: string): number {
  process.stdout.write(text)
  return EXIT.success
}

/** To standard error: standard output is for the URL. */
function say(message: string): void {
  process.stderr.write(`${message}\n`)
}

async function readVersion(): Promise<string> {
  const file = new URL('../package.json', import.meta.url)
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version
}
