// The "dev-postgres" command. It runs the compiled package: build it first.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort, occupyPort } from './support/ports.js'
import { answers, query } from './support/queries.js'
import { QUICK, useWorkspace } from './support/workspace.js'

const PROGRAM = fileURLToPath(new URL('../bin/dev-postgres.mjs', import.meta.url))
const URL_LINE = /^postgresql:\/\/dev:[\w-]+@127\.0\.0\.1:\d+\/dev\n$/

interface Command {
  process: ChildProcess
  output: () => string
  errors: () => string
  ended: Promise<number | null>
}

const place = useWorkspace()
const running: Command[] = []

afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    process.kill('SIGKILL')
    await ended
  }
})

function run(...args: string[]): Command {
  const child = spawn(process.execPath, [PROGRAM, ...args])
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const command = { process: child, output: () => output, errors: () => errors, ended }
  running.push(command)
  return command
}

async function resultOf(...args: string[]) {
  const { ended, output, errors } = run(...args)
  const code = await ended
  return { code, output: output(), errors: errors() }
}

/** Runs "start" until it has printed the URL. */
async function start(...args: string[]): Promise<Command & { url: string }> {
  const command = run('start', '--dir', place.dir, ...args)
  await expect.poll(command.output, QUICK).toMatch(URL_LINE)
  return { ...command, url: command.output().trim() }
}

describe('start', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('prints the URL and stops on %s', async (signal) => {
    place.copyDatabase()
    const { url, ...command } = await start()
    expect(await answers(url)).toBe(true)
    command.process.kill(signal)
    expect(await command.ended).toBe(0)
    expect(command.errors()).toBe('PostgreSQL is ready.\n')
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('creates the folder, with the port and the name it is given', async () => {
    const port = await freePort()
    const command = run('start', '--dir', place.dir, '--port', String(port), '--name', 'my_app')
    await expect.poll(command.output, QUICK).toMatch(/\n$/)
    const url = command.output().trim()
    expect(url).toMatch(new RegExp(`^postgresql://my_app:[\\w-]+@127\\.0\\.0\\.1:${port}/my_app$`))
    expect(await query(url, 'SELECT current_user AS role')).toEqual([{ role: 'my_app' }])
    command.process.kill('SIGTERM')
    expect(await command.ended).toBe(0)
  })

  test('joins a running server, which goes on until the last one ends', async () => {
    place.copyDatabase()
    const first = await start()
    const second = await start()
    expect(second.url).toBe(first.url)
    // It may arrive after the URL, which has a pipe of its own.
    await expect.poll(() => second.errors()).toBe('PostgreSQL was running already; joined it.\n')
    first.process.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    await expect
      .poll(() => first.errors())
      .toContain('PostgreSQL goes on running: someone else still uses it.')
    expect(await answers(second.url)).toBe(true)
    second.process.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(await answers(second.url)).toBe(false)
  })

  test('says why it fails', async () => {
    place.copyDatabase()
    const { port, release } = await occupyPort()
    expect(await resultOf('start', '--dir', place.dir, '--port', String(port))).toEqual({
      code: 1,
      output: '',
      errors: `PostgreSQL can't listen on port ${port}: Address already in use.\n`,
    })
    await release()
  })
})

describe('url, status and stop', () => {
  test('tell of a running server, and stop it under those who use it', async () => {
    place.copyDatabase()
    const { url, ...command } = await start()
    expect(await resultOf('url', '--dir', place.dir)).toEqual({ code: 0, output: `${url}\n`, errors: '' })
    const status = `PostgreSQL is running: process ${place.serverPid()}, port ${new URL(url).port}.\n`
    expect(await resultOf('status', '--dir', place.dir)).toEqual({ code: 0, output: status, errors: '' })
    const stopped = { code: 0, output: '', errors: 'PostgreSQL has stopped.\n' }
    expect(await resultOf('stop', '--dir', place.dir)).toEqual(stopped)
    expect(await command.ended).toBe(0)
    expect(command.errors()).toBe('PostgreSQL is ready.\nPostgreSQL was stopped.\n')
  })

  test('stop a server that a killed process has left', async () => {
    place.copyDatabase()
    const { url, ...command } = await start()
    command.process.kill('SIGKILL')
    await command.ended
    expect(await answers(url)).toBe(true)
    expect(await resultOf('stop', '--dir', place.dir)).toMatchObject({ code: 0 })
    expect(await answers(url)).toBe(false)
  })

  test.each([
    ['url', 3],
    ['status', 3],
    ['stop', 0],
  ])('%s ends with %i when there is no server', async (name, code) => {
    const errors = `No PostgreSQL is running on ${place.dir}.\n`
    expect(await resultOf(name, '--dir', place.dir)).toEqual({ code, output: '', errors })
    expect(existsSync(place.dir)).toBe(false)
  })
})

describe('wrong usage ends with 2 and says what is wrong', () => {
  test.each([
    [[], 'Which command?'],
    [['launch', '--dir', 'x'], 'There is no command "launch".'],
    [['toString', '--dir', 'x'], 'There is no command "toString".'],
    [['start'], '--dir is missing.'],
    [['start', 'here', '--dir', 'x'], 'Unexpected argument "here".'],
    [['start', '--dir', 'x', '--port', '0'], '--port takes a number from 1 to 65535, not "0".'],
    [['start', '--dir', 'x', '--port', '5e3'], '--port takes a number from 1 to 65535, not "5e3".'],
    [['url', '--dir', 'x', '--port', '1'], '--port and --name are options of "start", not of "url".'],
    [['start', '--folder', 'x'], "Unknown option '--folder'"],
    [['start', '--dir'], "Option '--dir <value>' argument missing"],
  ])('%j', async (args, message) => {
    const { code, output, errors } = await resultOf(...args)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toContain(message)
    expect(errors).toContain('Run "dev-postgres --help"')
  })
})

test('--help and --version print to standard output', async () => {
  const help = await resultOf('--help')
  expect(help).toMatchObject({ code: 0, errors: '' })
  expect(help.output).toContain('Usage: dev-postgres COMMAND --dir PATH')
  const { version } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
  ) as { version: string }
  expect(await resultOf('--version')).toEqual({ code: 0, output: `${version}\n`, errors: '' })
})
