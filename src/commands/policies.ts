// npm run policies: shows, publishes and withdraws the pages in the owner's own words.
import { readFile } from 'node:fs/promises'
import { publishText, textProblem, withdrawPolicy } from '../policies/change-policy.js'
import {
  currentVersion,
  findVersion,
  isPolicy,
  listVersions,
  POLICIES,
  policyPath,
  type PolicySlug,
} from '../policies/policies.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table, time } from './table.js'

const USAGE = `Usage: npm run policies -- COMMAND

  list                        list the policies: ${POLICIES.join(', ')}
  versions POLICY             list the versions of a policy
  show POLICY [--version N]   print its Markdown: what visitors see, or version N
  publish POLICY FILE         publish a Markdown file as the next version; shoppers must then accept new terms
  withdraw POLICY             take it off the shop; its versions stay readable at their own addresses`

export const policiesCommand: Command = { usage: USAGE, run }

const OPTIONS = { version: { type: 'string' } } as const
const MAX_ARGUMENTS = { list: 0, versions: 1, show: 1, publish: 2, withdraw: 1 }

async function run({ database, stripe }: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', name, file] = positionals
  refuseOthers(command, values, { show: ['version'] })
  const { prisma } = database
  switch (command) {
    case 'list':
      return list(prisma)
    case 'versions': {
      const versions = await listVersions(prisma, slugOf(name))
      return table(
        ['VERSION', 'PUBLISHED'],
        versions.map(({ version, publishedAt }) => [String(version), time(publishedAt)]),
      )
    }
    case 'show':
      return show(prisma, slugOf(name), values.version)
    case 'publish': {
      const slug = slugOf(name)
      const { version } = await publishText(prisma, slug, await textOf(file))
      return `Published version ${version}: ${stripe.baseUrl}${policyPath(slug)}`
    }
    case 'withdraw': {
      const slug = slugOf(name)
      await withdrawPolicy(prisma, slug)
      return `“${slug}” is withdrawn.`
    }
    default:
      throw new UsageError()
  }
}

type Reader = CommandDeps['database']['prisma']

async function list(prisma: Reader): Promise<string> {
  const rows = await Promise.all(
    POLICIES.map(async (slug) => {
      const published = await currentVersion(prisma, slug)
      return [
        slug,
        published ? String(published.version) : 'none',
        published ? time(published.publishedAt) : '',
      ]
    }),
  )
  return table(['POLICY', 'VERSION', 'PUBLISHED'], rows)
}

async function show(prisma: Reader, slug: PolicySlug, version: string | undefined): Promise<string> {
  if (version !== undefined && !/^[1-9]\d{0,5}$/.test(version))
    throw new CommandError('--version is a number, such as 3.')
  const found =
    version === undefined
      ? await currentVersion(prisma, slug)
      : await findVersion(prisma, slug, Number(version))
  if (found) return found.markdown
  throw new CommandError(
    version === undefined ? `“${slug}” is not published.` : `“${slug}” has no version ${version}.`,
  )
}

function slugOf(name: string | undefined): PolicySlug {
  if (isPolicy(name)) return name
  throw new CommandError(`Which policy? One of ${POLICIES.join(', ')}.`)
}

async function textOf(file: string | undefined): Promise<string> {
  if (file === undefined) throw new UsageError('Which file? Give the path of a Markdown file.')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${file} can’t be read: ${(error as Error).message}`)
  })
  const problem = text.includes('\0') ? 'It is no text file.' : textProblem(text)
  if (problem !== null) throw new CommandError(problem)
  return text
}
