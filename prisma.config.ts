import 'dotenv/config'
import { defineConfig } from 'prisma-cli/config'

// Prisma's own command line reads this file; the shop itself reads src/config.ts.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
})
