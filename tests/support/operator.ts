// Somebody who runs the shop: a signed-in account with a role.
import type { Role } from '../../src/generated/prisma/enums.js'
import { newShopper } from './shopper.js'
import type { TestShop } from './shop.js'

/** An operator who is signed in at the shop. */
export async function newOperator(
  shop: Pick<TestShop, 'url' | 'database'>,
  role: Exclude<Role, 'shopper'> = 'operator',
) {
  const { shopper: operator, email } = await newShopper(shop.url)
  const { id } = await shop.database.prisma.user.update({ where: { email }, data: { role } })
  return { operator, email, id }
}
