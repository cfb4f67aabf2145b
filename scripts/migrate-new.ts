// npm run migrate:new NAME: writes a migration that turns the result of prisma/migrations into prisma/schema.prisma.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { removePostgres, startPostgres } from 'dev-postgres'
import { migrationsFolder, schemaFile } from '../src/database/migrations/folder.js'
import { writeNextMigration } from '../src/database/migrations/write.js'

const title = process.argv.slice(2).join(' ')
if (title === '') {
  console.error('Usage: npm run migrate:new NAME, for example: npm run migrate:new add-product-weight')
  process.exit(1)
}

// A temporary server: the schema engine applies the migrations to databases that it creates and drops.
const dataDir = await mkdtemp(path.join(tmpdir(), 'till-migrate-'))
// As root, the server runs as another user, who must be able to enter the folder.
await chmod(dataDir, 0o755)
const remove = async () => {
  await removePostgres(dataDir)
  await rm(dataDir, { recursive: true })
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void remove().finally(() => process.exit(130)))
}
try {
  const { url } = await startPostgres({ dir: dataDir, settings: { fsync: 'off' } })
  const name = await writeNextMigration(url, title, migrationsFolder, schemaFile)
  console.log(
    name === undefined
      ? 'Nothing to do: the migrations match prisma/schema.prisma.'
      : `Wrote prisma/migrations/${name}/migration.sql`,
  )
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await remove()
}
