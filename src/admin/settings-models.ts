// The model of the page with the settings.
import type { Notice } from '../http/view-models.js'
import type { SettingGroup } from './settings-form.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/settings': SettingsPage
  }
}

export interface SettingsPage {
  notice: Notice | null
  /** What else is to be done for the new values to work. */
  advice: string[]
  groups: readonly SettingGroup[]
  /** What the fields show, by setting. */
  values: Record<string, string>
  /** What the settings are, by setting. */
  seen: Record<string, string>
  /** Path of the logo. Null: the shop's own mark. */
  logo: string | null
  /** By setting, and for the logo. */
  errors: Record<string, string>
}
