// An account to look around with, where no money can move.
import type { PrismaClient } from '../generated/prisma/client.js'
import { hashPassword } from './passwords.js'

export const DEMO_ACCOUNT = {
  name: 'Demo Shopper',
  email: 'demo@till.example',
  password: 'demo-till-2026',
} as const

/** Makes the demo account unless it is there. Call it in development with the sandbox only: its password is public. */
export async function seedDemoAccount(prisma: PrismaClient): Promise<void> {
  const { name, email, password } = DEMO_ACCOUNT
  if (await prisma.user.findUnique({ where: { email } })) return
  await prisma.user.createMany({
    data: { name, email, passwordHash: await hashPassword(password) },
    skipDuplicates: true,
  })
}
