// What the owner decides about the shop. For owners.
import { Router, type Request, type Response } from 'express'
import type { PrismaClient } from '../generated/prisma/client.js'
import { render } from '../http/render.js'
import { readUploads, type Upload } from '../http/uploads.js'
import type { StripeContext } from '../payments/stripe-client.js'
import { readTaxReadiness, taxAdvice } from '../payments/tax-readiness.js'
import { PictureError } from '../pictures/picture-error.js'
import { MOST_PICTURE_BYTES } from '../pictures/store-picture.js'
import { storeLogo } from '../pictures/store-logo.js'
import { changeLogo, changeSettings, SettingErrors } from '../settings/change-settings.js'
import { readSettings } from '../settings/read-settings.js'
import { SETTINGS } from '../settings/setting-table.js'
import type { Settable, Settings } from '../settings/settings.js'
import type { AdminDeps } from './admin-deps.js'
import type { SettingsPage } from './settings-models.js'
import { doneNotice } from './done.js'
import { fieldsOf } from './forms.js'
import { ownersOnly } from './owners-only.js'
import { FIELDS, GROUPS, inputOf, typedSettings, wantedSettings } from './settings-form.js'

const PATH = '/admin/settings'
const DONE = {
  saved: 'Saved. Every page uses it within a second.',
  logo: 'The logo is saved. Every page shows it within a second.',
  'no-logo': 'The logo is removed.',
  same: 'Nothing was changed: the settings are as they were.',
}

export function settingsPages({ database, stripe }: AdminDeps): Router {
  const { prisma } = database
  const router = Router()
  router.use(PATH, ownersOnly)

  router.get(PATH, async (request, response) => {
    const settings = await readSettings(prisma)
    const typed = { values: inputsOf(settings), errors: {} }
    show(request, response, settings, typed, await adviceOn(request.query['changed'], settings, stripe))
  })

  router.post(PATH, async (request, response) => {
    const fields = fieldsOf(request.body)
    const settings = await readSettings(prisma)
    const wanted = wantedSettings(fields, settings)
    const changed = Object.keys(wanted)
    if (changed.length === 0) {
      response.redirect(303, `${PATH}?done=same`)
      return
    }
    try {
      await changeSettings(prisma, wanted)
      response.redirect(303, `${PATH}?done=saved&changed=${changed.join('.')}`)
    } catch (error) {
      if (!(error instanceof SettingErrors)) throw error
      const now = await readSettings(prisma)
      const errors = Object.fromEntries(
        Object.entries(error.problems).map(([name, problem]) => [name, `It ${problem}.`]),
      )
      response.status(422)
      show(request, response, now, { values: { ...inputsOf(now), ...typedSettings(fields) }, errors })
    }
  })

  router.post(`${PATH}/logo`, readUploads(LOGO_LIMITS), async (request, response) => {
    const [upload] = request.uploads ?? []
    const problem = upload === undefined ? 'Choose a file first.' : await logoProblem(prisma, upload)
    if (problem === null) {
      response.redirect(303, `${PATH}?done=logo`)
      return
    }
    const settings = await readSettings(prisma)
    response.status(422)
    show(request, response, settings, { values: inputsOf(settings), errors: { logo: problem } })
  })

  router.post(`${PATH}/logo/remove`, async (_request, response) => {
    await changeLogo(prisma, null)
    response.redirect(303, `${PATH}?done=no-logo`)
  })
  return router
}

const LOGO_LIMITS = { files: 1, bytesPerFile: MOST_PICTURE_BYTES }

/** Makes the file the shop's logo. @returns a sentence if it can't be */
async function logoProblem(prisma: PrismaClient, { content }: Upload): Promise<string | null> {
  if (content === null) return 'The file is too large. A logo has at most 12 MB.'
  try {
    await changeLogo(prisma, await storeLogo(prisma, content))
    return null
  } catch (error) {
    if (error instanceof PictureError) return error.message
    throw error
  }
}

function show(
  request: Request,
  response: Response,
  settings: Settings,
  typed: { values: Record<string, string>; errors: Record<string, string> },
  advice: string[] = [],
): void {
  const page: SettingsPage = {
    notice: doneNotice(request.query, DONE),
    advice,
    groups: GROUPS,
    logo: settings.logo,
    seen: inputsOf(settings),
    ...typed,
  }
  render(response, 'admin/settings', page)
}

function inputsOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(FIELDS.map((field) => [field.name, inputOf(field, settings)]))
}

/** @param changed the settings that were changed: "tax.currency" */
async function adviceOn(changed: unknown, settings: Settings, stripe: StripeContext): Promise<string[]> {
  const names = typeof changed === 'string' ? changed.split('.') : []
  const known = names.filter((name): name is Settable => Object.hasOwn(SETTINGS, name))
  const advice = known.map((name) => SETTINGS[name].advice?.(settings) ?? null)
  const tax =
    known.includes('tax') && settings.tax === 'stripe' ? taxAdvice(await readTaxReadiness(stripe)) : null
  return [...new Set([tax, ...advice].filter((text) => text !== null))]
}
