// An account for trying the shop in development.
import type { PrismaClient } from '../generated/prisma/client.js'
import { hashPassword } from './passwords.js'

export const DEMO_ACCOUNT = {
  name: 'Demo Shopper',
  email: 'demo@till.example',
  password: 'demo-till-2026',
} as const

/** Creates the demo account if it doesn't exist. Only for development with the sandbox: its password is public. */
export async function seedDemoAccount(prisma: PrismaClient): Promise<void> {
  const { name, email, password } = DEMO_ACCOUNT
  if (await prisma.user.findUnique({ where: { email } })) return
  await prisma.user.createMany({
    data: { name, email, passwordHash: await hashPassword(password), verifiedAt: new Date() },
    skipDuplicates: true,
  })
}
