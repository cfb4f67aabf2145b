// Commands that documents name exist, with their words and options.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMANDS, SHOP_COMMANDS } from '../../src/commands/command-table.js'
import { projectRoot } from '../../src/config.js'
import { markdownFiles, readMarkdown, readText } from './markdown.js'
import { shellLines } from './shell.js'
import { wordsOf } from './usage.js'

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }
/** Packages have scripts of their own, and the changelogs name commands of their time. */
const documents = markdownFiles().filter((file) => !/^packages\/|CHANGELOG/.test(file))

/** What the shop runs for a script, such as "migrate-resolve" for migrate:resolve. */
const commandOf = (script: string) => /dist\/commands\/main\.js ([\w-]+)/.exec(scripts[script] ?? '')?.[1]

interface Call {
  /** A script of package.json. */
  script?: string
  /** Of src/commands. */
  command?: string | undefined
  rest: string
}

/** The calls of scripts and commands in a line of code. */
function callsIn(line: string): Call[] {
  const scriptCalls = [...line.matchAll(/npm run (?:--\S+ )?([\w:-]+)(?: -- ([^#|&]*))?/g)]
  const commandCalls = [...line.matchAll(/node dist\/commands\/main\.js ([\w-]+)([^#|&]*)/g)]
  return [
    ...scriptCalls.map(([, script = '', rest = '']) => ({ script, command: commandOf(script), rest })),
    ...commandCalls.map(([, command = '', rest = '']) => ({ command, rest })),
  ]
}

/** Why a call can't work as it is written. */
function fault({ script, command, rest }: Call): string | null {
  // NAME and X stand for any of them.
  if (/^[A-Z]+$/.test(script ?? command ?? '')) return null
  if (script !== undefined && !Object.hasOwn(scripts, script)) return `there is no script ${script}`
  if (command === undefined) return null
  if (!Object.hasOwn(COMMANDS, command)) return `there is no command ${command}`
  if (!Object.hasOwn(SHOP_COMMANDS, command)) return null
  const { usage } = SHOP_COMMANDS[command as keyof typeof SHOP_COMMANDS]
  const words = wordsOf(usage)
  const [word = ''] = rest.trim().split(/\s+/)
  if (words.length > 0 && /^[a-z]/.test(word) && word !== 'help' && !words.includes(word))
    return `${command} has no ${word}`
  const options = [...rest.matchAll(/(?:^|\s)(--[a-z][\w-]*)/g)].map(([, option = '']) => option)
  const unknown = options.find((option) => !usage.includes(option))
  return unknown === undefined ? null : `${command} has no ${unknown}`
}

it('documents name commands', () => {
  expect(documents.flatMap((file) => readMarkdown(file).inlineCode).flatMap(callsIn).length).toBeGreaterThan(
    100,
  )
})

describe.each(documents)('%s', (file) => {
  it('names commands that exist', () => {
    const { inlineCode } = readMarkdown(file)
    expect(
      [...inlineCode, ...shellLines(file)].flatMap(callsIn).flatMap((call) => fault(call) ?? []),
    ).toEqual([])
  })
})

it('code, messages and templates name commands that exist', () => {
  const args = ['grep', '-ohE', 'npm run [a-z][a-z:-]+( -- [a-z-]+)?', '--', 'src', 'deploy', '.env.example']
  const found = execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8' }).trim().split('\n')
  expect(found.length).toBeGreaterThan(50)
  // A colon after the name begins an explanation: "npm run orders: lists, shows …".
  const named = found.map((line) => line.replace(/:$/, ''))
  expect(named.flatMap(callsIn).flatMap((call) => fault(call) ?? [])).toEqual([])
})
