// Adds and changes shipping rates.
import { recordAudit } from '../audit/record-audit.js'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'

/** Thrown when somebody else changed the rate meanwhile. */
export class RateChangedError extends Error {
  override name = 'RateChangedError'
}

/** Adds a rate, after the others. */
export async function addRate(
  prisma: PrismaClient,
  rate: Omit<Prisma.ShippingRateCreateInput, 'position'>,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const last = await tx.shippingRate.findFirst({ orderBy: { position: 'desc' } })
    const { id } = await tx.shippingRate.create({ data: { ...rate, position: (last?.position ?? -1) + 1 } })
    await recordAudit(tx, { action: 'shipping_rate.added', subject: 'shipping_rate', subjectId: id })
  })
}

/**
 * Changes a rate. Orders keep the one they were placed with.
 * @param seen when the rate that the writer saw was written. Undefined: whatever it is now is replaced
 * @throws RateChangedError
 */
export async function changeRate(
  prisma: PrismaClient,
  id: number,
  change: Prisma.ShippingRateUpdateManyMutationInput,
  seen?: Date,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.shippingRate.updateMany({
      where: { id, ...(seen && { updatedAt: seen }) },
      data: change,
    })
    if (count === 0) throw new RateChangedError(`shipping rate ${id}`)
    const fields = Object.keys(change)
    await recordAudit(tx, {
      action: 'shipping_rate.changed',
      subject: 'shipping_rate',
      subjectId: id,
      fields,
    })
  })
}
