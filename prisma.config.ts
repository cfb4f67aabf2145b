import 'dotenv/config'
import { defineConfig } from 'prisma-cli/config'

const url = process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL

// Prisma's own command line reads this file; the shop itself reads src/config.ts.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
})
