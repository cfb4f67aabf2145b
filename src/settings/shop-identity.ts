// Who this shop is to Stripe: a name that lives in its database, so that a copy of the code is another shop.
import type { PrismaClient } from '../generated/prisma/client.js'

/** Marks our sessions' metadata (`app`) among those of other apps on the same Stripe account. */
export async function shopAppId(prisma: PrismaClient): Promise<string> {
  await prisma.shop.createMany({ data: { id: 1 }, skipDuplicates: true })
  const { appId } = await prisma.shop.findUniqueOrThrow({ where: { id: 1 } })
  return `till-${appId}`
}
