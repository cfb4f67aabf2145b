// npm run orders -- views: the lists of orders that an operator keeps in the admin.
import { canonicalEmail } from '../accounts/email-address.js'
import { ORDER_FILTERS, readOrderFilters } from '../orders/order-filters.js'
import { deleteView, listViews, LONGEST_VIEW_NAME, saveView } from '../orders/saved-views.js'
import { CommandError, UsageError, type CommandDeps } from './run.js'
import { table } from './table.js'

export const VIEWS_USAGE = `  views OPERATOR [--save NAME [FILTERS] | --remove NAME]
                                                     list the views that an operator has saved at /admin/orders; save
                                                     or remove one. OPERATOR is an address`

export const VIEWS_OPTIONS = { save: { type: 'string' }, remove: { type: 'string' } } as const

type ViewValues = Partial<Record<string, string | boolean | undefined>>

export async function views(
  deps: CommandDeps,
  operator: string | undefined,
  values: ViewValues,
): Promise<string> {
  const { prisma } = deps.database
  const userId = await operatorNamed(deps, operator)
  const { save, remove } = values
  if (typeof save === 'string') {
    const name = save.trim()
    if (name === '' || name.length > LONGEST_VIEW_NAME)
      throw new CommandError(`Give the view a name of at most ${LONGEST_VIEW_NAME} characters.`)
    await saveView(prisma, userId, { list: 'orders', name, query: await queryOf(deps, values) })
  }
  const saved = await listViews(prisma, userId, 'orders')
  if (typeof remove === 'string') {
    const view = saved.find(({ name }) => name === remove)
    if (!view) throw new CommandError(`There is no view "${remove}".`)
    await deleteView(prisma, userId, view.id)
    return `The view "${remove}" is removed.`
  }
  if (saved.length === 0) return 'No views are saved.'
  return table(
    ['VIEW', 'ADDRESS'],
    saved.map(({ name, query }) => [name, `/admin/orders${query === '' ? '' : `?${query}`}`]),
  )
}

async function operatorNamed({ database }: CommandDeps, text: string | undefined): Promise<number> {
  if (text === undefined) throw new UsageError('Whose views?')
  const email = canonicalEmail(text)
  const user =
    email === null
      ? null
      : await database.prisma.user.findUnique({ where: { email }, select: { id: true, role: true } })
  if (user === null || user.role === 'shopper') throw new CommandError(`There is no operator ${text}.`)
  return user.id
}

/** The filters as the list's address has them. @throws CommandError for the first that is wrong */
async function queryOf({ settings }: CommandDeps, values: ViewValues): Promise<string> {
  const given = ORDER_FILTERS.flatMap((name): [string, string][] => {
    const value = values[name]
    if (value === true) return [[name, 'yes']]
    return typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : []
  })
  const read = readOrderFilters(Object.fromEntries(given), { currency: (await settings()).currency })
  if ('errors' in read) throw new CommandError(Object.values(read.errors).join(' '))
  return new URLSearchParams(given).toString()
}
