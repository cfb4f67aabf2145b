// The model of the page about operators.
import type { Notice } from '../http/view-models.js'
import type { ShownTime } from './times.js'

declare module '../http/view-models.js' {
  interface Views {
    'admin/operators': OperatorsPage
  }
}

export interface OperatorsPage {
  notice: Notice | null
  operators: {
    id: number
    email: string
    name: string
    role: string
    /** The role that the button gives. */
    otherRole: string
    seen: ShownTime | null
    factorSince: ShownTime | null
    /** Whoever looks at the page. Another owner, or the command, changes them. */
    isSelf: boolean
  }[]
  invitations: { email: string; role: string; until: ShownTime }[]
  values: { email: string; role: string }
  error: string | null
}
