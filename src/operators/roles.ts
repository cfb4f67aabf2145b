// The roles that run the shop.
import type { Role } from '../generated/prisma/enums.js'

/** Whether a user may open the admin. */
export function isOperator(user: { role: Role } | undefined): boolean {
  return user !== undefined && (user.role === 'operator' || isOwner(user))
}

/** Whether a user may also change settings and operators, and erase customers. */
export function isOwner(user: { role: Role } | undefined): boolean {
  return user?.role === 'owner'
}
