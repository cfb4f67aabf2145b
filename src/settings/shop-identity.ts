// The id that this shop uses at Stripe. It is stored in the database, so two installations never share one.
import type { PrismaClient } from '../generated/prisma/client.js'

/**
 * Returns the value of `app` in our sessions' metadata, which tells them from those of other apps on the same Stripe
 * account. Creates the shop's row if it is missing.
 */
export async function shopAppId(prisma: PrismaClient): Promise<string> {
  await prisma.shop.createMany({ data: { id: 1 }, skipDuplicates: true })
  const { appId } = await prisma.shop.findUniqueOrThrow({ where: { id: 1 } })
  return `till-${appId}`
}
