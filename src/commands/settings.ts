// npm run settings: shows and changes what the owner decides about the shop.
import { readFile } from 'node:fs/promises'
import { readTaxReadiness, taxAdvice } from '../payments/tax-readiness.js'
import { PictureError } from '../pictures/picture-error.js'
import { storeLogo } from '../pictures/store-logo.js'
import { changeLogo, changeSetting, SettingError } from '../settings/change-settings.js'
import { SETTINGS } from '../settings/setting-table.js'
import { CommandError, UsageError, type Command, type CommandDeps } from './run.js'
import { table } from './table.js'

const USAGE = `Usage: npm run settings -- COMMAND

  list                 show the settings
  set NAME VALUE ...   change a setting; every process uses it within a second
  logo FILE            show a picture beside the shop's name; "none" removes it`

export const settingsCommand: Command = { usage: USAGE, run }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const [command, name, ...words] = args
  if (command === 'list' && args.length === 1) return list(deps)
  if (command === 'logo' && args.length === 2) return setLogo(deps, name ?? '')
  if (command !== 'set') throw new UsageError()
  if (name === undefined) throw new UsageError('Which setting?')
  try {
    const advice = await changeSetting(deps.database.prisma, name, words)
    const { tax } = await deps.settings()
    const readiness =
      name === 'tax' && tax === 'stripe' ? taxAdvice(await readTaxReadiness(deps.stripe)) : null
    return [await list(deps, name), readiness, advice].filter((text) => text !== null).join('\n\n')
  } catch (error) {
    if (error instanceof SettingError) throw new CommandError(error.message)
    throw error
  }
}

async function setLogo({ database: { prisma } }: CommandDeps, file: string): Promise<string> {
  if (file.toLowerCase() === 'none') {
    await changeLogo(prisma, null)
    return 'The logo is removed.'
  }
  const content = await readFile(file).catch((error: unknown) => {
    throw new CommandError(`${file} can’t be read: ${(error as Error).message}`)
  })
  try {
    await changeLogo(prisma, await storeLogo(prisma, content))
    return 'The logo is saved.'
  } catch (error) {
    if (error instanceof PictureError) throw new CommandError(error.message)
    throw error
  }
}

/** @param name of the only setting to show; without it, all are shown */
async function list({ settings }: CommandDeps, only?: string): Promise<string> {
  const values = await settings()
  const rows = Object.values(SETTINGS)
    .filter(({ name }) => only === undefined || name === only)
    .map(({ name, description, show }) => [name, show(values), description])
  return table(['SETTING', 'VALUE', 'WHAT IT IS'], rows)
}
