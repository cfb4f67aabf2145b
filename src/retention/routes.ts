// The page that says what is kept, and for how long. The owner's own privacy policy is at /pages/privacy.
import { Router } from 'express'
import { render } from '../http/render.js'
import { t } from '../messages/index.js'
import type { ReadSettings } from '../settings/read-settings.js'
import type { Settings } from '../settings/settings.js'
import { KEPT } from './kept.js'
import type { PrivacyPage } from './view-models.js'

export function privacyPages(settings: ReadSettings): Router {
  const router = Router()

  router.get('/privacy', async (_request, response) => {
    render(response, 'retention/privacy', { kept: keptRows(await settings()) })
  })
  return router
}

/** The table as the page shows it. */
function keptRows(settings: Settings): PrivacyPage['kept'] {
  const texts = t().retention
  return KEPT.map(({ what, hours }) => {
    const count = hours(settings)
    const { label, why, from } = texts.kept[what]
    const period = count % 24 === 0 ? texts.days(count / 24) : texts.hours(count)
    return { what: label, why, period: texts.period(period, from) }
  })
}
