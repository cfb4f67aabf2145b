// npm run migrate:new NAME: writes the next migration, from what prisma/migrations build to what prisma/schema.prisma says.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { removePostgres, startPostgres } from 'dev-postgres'
import { migrationsFolder, schemaFile } from '../src/database/migrations/folder.js'
import { writeNextMigration } from '../src/database/migrations/write.js'

const title = process.argv.slice(2).join(' ')
if (title === '') {
  console.error('What does it do? npm run migrate:new NAME, such as: npm run migrate:new add-product-weight')
  process.exit(1)
}

// The engine tries the migrations on databases of its own; this server is there for them alone.
const dataDir = await mkdtemp(path.join(tmpdir(), 'till-migrate-'))
// The server's user, when that is not us, can then enter it.
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
      ? 'No change: the migrations build what the schema says.'
      : `Wrote prisma/migrations/${name}/migration.sql`,
  )
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await remove()
}
