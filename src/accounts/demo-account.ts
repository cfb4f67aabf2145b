// Accounts for trying the shop and its admin in development.
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Role } from '../generated/prisma/enums.js'
import { hashPassword } from './passwords.js'

interface DemoAccount {
  name: string
  email: string
  password: string
  role: Role
}

export const DEMO_ACCOUNT = {
  name: 'Demo Shopper',
  email: 'demo@till.example',
  password: 'demo-till-2026',
  role: 'shopper',
} as const satisfies DemoAccount

export const DEMO_OPERATOR = {
  name: 'Demo Owner',
  email: 'owner@till.example',
  password: 'owner-till-2026',
  role: 'owner',
} as const satisfies DemoAccount

/** Creates the demo accounts that don't exist. Only for development with the sandbox: their passwords are public. */
export async function seedDemoAccounts(prisma: PrismaClient): Promise<void> {
  for (const { name, email, password, role } of [DEMO_ACCOUNT, DEMO_OPERATOR]) {
    if (await prisma.user.findUnique({ where: { email } })) continue
    await prisma.user.createMany({
      data: { name, email, role, passwordHash: await hashPassword(password), verifiedAt: new Date() },
      skipDuplicates: true,
    })
  }
}
