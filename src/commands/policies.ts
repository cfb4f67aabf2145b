// npm run policies: shows, drafts, publishes and withdraws the pages in the owner's own words.
import { readFile } from 'node:fs/promises'
import {
  discardDraft,
  PolicyChangedError,
  publishPolicy,
  publishText,
  saveDraft,
  textProblem,
  withdrawPolicy,
} from '../policies/change-policy.js'
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
  show POLICY [--version N | --draft]
                              print its Markdown: what visitors see, version N, or the draft
  draft POLICY FILE           keep a Markdown file as the draft that nobody else sees
  discard POLICY              forget the draft
  publish POLICY [FILE]       publish the draft, or a Markdown file, as the next version; shoppers must then accept new
                              terms
  withdraw POLICY             take it off the shop; its versions stay readable at their own addresses`

export const policiesCommand: Command = { usage: USAGE, run }

const OPTIONS = { version: { type: 'string' }, draft: { type: 'boolean' } } as const
const MAX_ARGUMENTS = { list: 0, versions: 1, show: 1, draft: 2, discard: 1, publish: 2, withdraw: 1 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  try {
    return await change(deps, args)
  } catch (error) {
    if (error instanceof PolicyChangedError)
      throw new CommandError('Somebody else changed the policy at this moment. Look at it, and try again.')
    throw error
  }
}

async function change({ database, stripe }: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', name, file] = positionals
  refuseOthers(command, values, { show: ['version', 'draft'] })
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
      if (values.draft !== true) return show(prisma, slugOf(name), values.version)
      if (values.version !== undefined) throw new UsageError('Give either --version or --draft.')
      return (await draftOf(prisma, slugOf(name))).draft
    case 'draft': {
      const slug = slugOf(name)
      await saveDraft(prisma, slug, await textOf(file), (await policyOf(prisma, slug))?.revision ?? 0)
      return `The draft of “${slug}” is saved. Publish it: npm run policies -- publish ${slug}`
    }
    case 'discard': {
      const slug = slugOf(name)
      await discardDraft(prisma, slug, (await draftOf(prisma, slug)).revision)
      return `The draft of “${slug}” is discarded.`
    }
    case 'publish': {
      const slug = slugOf(name)
      const { version } =
        file === undefined
          ? await publishPolicy(prisma, slug, (await draftOf(prisma, slug)).revision)
          : await publishText(prisma, slug, await textOf(file))
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

function policyOf(prisma: Reader, slug: PolicySlug) {
  return prisma.policy.findUnique({ where: { slug } })
}

/** @throws CommandError without a draft */
async function draftOf(prisma: Reader, slug: PolicySlug): Promise<{ draft: string; revision: number }> {
  const { draft = null, revision = 0 } = (await policyOf(prisma, slug)) ?? {}
  if (draft === null) throw new CommandError(`“${slug}” has no draft.`)
  return { draft, revision }
}

async function list(prisma: Reader): Promise<string> {
  const rows = await Promise.all(
    POLICIES.map(async (slug) => {
      const [published, policy] = await Promise.all([currentVersion(prisma, slug), policyOf(prisma, slug)])
      return [
        slug,
        published ? String(published.version) : 'none',
        published ? time(published.publishedAt) : '',
        policy?.draftedAt ? time(policy.draftedAt) : '',
      ]
    }),
  )
  return table(['POLICY', 'VERSION', 'PUBLISHED', 'DRAFTED'], rows)
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
