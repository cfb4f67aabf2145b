// npm run health: prints how the shop is doing, and what is configured.
import { healthSections } from '../admin/health-sections.js'
import { parseCommandLine, UsageError, type Command, type CommandDeps } from './run.js'

const USAGE = `Usage: npm run health

Prints the state of the database, events, mail and migrations, the settings and the configuration, without secrets.
What somebody should look into has an exclamation mark.`

export const healthCommand: Command = { usage: USAGE, run }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { positionals } = parseCommandLine(args, {}, {})
  if (positionals.length > 0) throw new UsageError()
  const sections = await healthSections(deps)
  return sections
    .map(({ title, facts }) => {
      const width = Math.max(...facts.map(({ label }) => label.length))
      const lines = facts.map(({ label, value, isWrong }) =>
        `${isWrong ? '! ' : '  '}${label.padEnd(width)}  ${value}`.trimEnd(),
      )
      return [title, ...lines].join('\n')
    })
    .join('\n\n')
}
