// Changes what the owner decides. Every process sees a change within a second.
import { recordAudit } from '../audit/record-audit.js'
import type { PrismaClient } from '../generated/prisma/client.js'
import { readSettings } from './read-settings.js'
import { SETTINGS } from './setting-table.js'
import { OWN_TERMS, type Settable, type Settings } from './settings.js'

/** Thrown when there is no such setting, or a value does not fit it. */
export class SettingError extends Error {
  override name = 'SettingError'
}

/** Thrown when values do not fit. Nothing was changed. */
export class SettingErrors extends Error {
  override name = 'SettingErrors'
  /** @param problems by field. Each goes on from the setting's name: "needs a name" */
  constructor(readonly problems: Partial<Record<Settable, string>>) {
    super(Object.values(problems).join('; '))
  }
}

export interface WantedSetting {
  /** The value, as the words of a command. */
  words: string[]
  /** Whether the value is still what the owner saw. Otherwise it is not replaced. Undefined: any may be replaced. */
  isSeen?: (now: Settings) => boolean
}

/**
 * Changes settings, all or none.
 * @returns what else the owner must know or do
 * @throws SettingErrors
 */
export async function changeSettings(
  prisma: PrismaClient,
  wanted: Partial<Record<Settable, WantedSetting>>,
): Promise<string[]> {
  const { values, problems } = parse(wanted)
  const fields = Object.keys(wanted) as Settable[]
  await prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM "Shop" WHERE id = 1 FOR UPDATE`
    const now = await readSettings(tx)
    for (const field of fields) {
      if (wanted[field]?.isSeen?.(now) === false)
        problems[field] =
          `was changed meanwhile, to “${SETTINGS[field].show(now)}”. Save again to replace that`
    }
    const terms = termsAfter(now, values)
    if (terms.problem !== null) problems.termsVersion ??= terms.problem
    if (Object.keys(problems).length > 0) throw new SettingErrors(problems)
    await tx.shop.update({ where: { id: 1 }, data: { ...values, ...terms.change } })
    for (const field of fields)
      await recordAudit(tx, {
        action: 'setting.changed',
        subject: 'setting',
        subjectId: SETTINGS[field].name,
        fields: [field],
      })
  })
  const changed = await readSettings(prisma)
  const advice = fields.map((field) => SETTINGS[field].advice?.(changed) ?? null)
  return [...new Set(advice.filter((text) => text !== null))]
}

/**
 * Changes one setting by its name in commands.
 * @returns what else the owner must know or do, or null
 * @throws SettingError with a sentence that names the known settings, or says what the value must be
 */
export async function changeSetting(
  prisma: PrismaClient,
  name: string,
  words: string[],
): Promise<string | null> {
  const field = (Object.keys(SETTINGS) as Settable[]).find((one) => SETTINGS[one].name === name)
  if (field === undefined) {
    const names = Object.values(SETTINGS).map((setting) => setting.name)
    throw new SettingError(`There is no setting "${name}". Settings: ${names.join(', ')}.`)
  }
  if (words.length === 0) throw new SettingError(`Which value? ${name} is ${SETTINGS[field].description}.`)
  try {
    const [advice] = await changeSettings(prisma, { [field]: { words } })
    return advice ?? null
  } catch (error) {
    if (error instanceof SettingErrors) throw new SettingError(`${name} ${error.message}.`)
    throw error
  }
}

/** Sets the picture beside the shop's name. @param logo its path. Null: the shop's own mark */
export async function changeLogo(prisma: PrismaClient, logo: string | null): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.shop.update({ where: { id: 1 }, data: { logo } })
    await recordAudit(tx, {
      ...{ action: 'setting.changed', subject: 'setting', subjectId: 'logo', fields: ['logo'] },
    })
  })
}

type Problems = Partial<Record<Settable, string>>

function parse(wanted: Partial<Record<Settable, WantedSetting>>) {
  const values: Partial<Settings> = {}
  const problems: Problems = {}
  for (const [field, { words }] of Object.entries(wanted) as [Settable, WantedSetting][]) {
    const parsed = SETTINGS[field].parse.safeParse(words)
    if (parsed.success) Object.assign(values, { [field]: parsed.data })
    else problems[field] = parsed.error.issues[0]?.message ?? 'is not valid'
  }
  return { values, problems }
}

/** A version says nothing about other terms, and that of the shop's own terms is what was published. */
function termsAfter(now: Settings, values: Partial<Settings>) {
  const wasOwn = now.termsUrl === OWN_TERMS
  const isOwn = values.termsUrl === undefined ? wasOwn : values.termsUrl === OWN_TERMS
  const version = values.termsVersion
  const isOther = version !== undefined && version !== now.termsVersion
  if (isOwn && isOther)
    return { problem: 'follows the terms that you publish. To use others, set their address too', change: {} }
  return { problem: null, change: wasOwn && !isOwn && !isOther ? { termsVersion: null } : {} }
}
