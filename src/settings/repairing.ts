// Whether the shop repairs itself after a backup was restored. Until then, what would act on incomplete data waits.
import { Prisma, type PrismaClient } from '../generated/prisma/client.js'

/** A condition, as a part of a larger statement. The table has a row for each repair, so it stays small. */
export const IS_REPAIRING = Prisma.sql`EXISTS (SELECT FROM "Repair" WHERE "finishedAt" IS NULL)`

export async function isRepairing(prisma: Pick<PrismaClient, '$queryRaw'>): Promise<boolean> {
  const [row] = await prisma.$queryRaw<{ repairing: boolean }[]>`SELECT ${IS_REPAIRING} AS repairing`
  return row?.repairing ?? false
}
