// The panel's form that settles a bank debit at once.
import { refused } from '../../api/errors.js'
import { finishDebit } from '../../payments/finish-debit.js'
import type { Account } from '../../state/account.js'
import type { ActionForm } from './kind.js'

export const DEBIT_ACTION: ActionForm = {
  name: 'settle',
  title: 'Settle the debit',
  explain: 'The bank answers now instead of later.',
  buttons: [
    { label: 'The money arrives', value: 'pay' },
    { label: 'The bank refuses', value: 'fail', quiet: true },
  ],
}

export function settleDebit(account: Account, intentId: string | null, choice: string): string {
  if (account.find('payment_intent', intentId)?.status !== 'processing')
    throw refused('This debit is already settled.')
  finishDebit(account, intentId ?? '', choice === 'fail' ? 'debit_failed' : 'paid')
  return choice === 'fail' ? 'Debit refused.' : 'Debit paid.'
}
