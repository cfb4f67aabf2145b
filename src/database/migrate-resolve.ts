// npm run migrate:resolve NAME: the cause of a failed migration is gone, the next start may try it again.
import { loadConfig } from '../config.js'
import { startEmbedded } from 'dev-postgres'
import { resolveMigration } from './migrations.js'

const [name] = process.argv.slice(2)
if (name === undefined) {
  console.error('Which one? npm run migrate:resolve NAME')
  process.exit(1)
}
const { databaseUrl, dataDir } = loadConfig()
const embedded = databaseUrl === null ? await startEmbedded(dataDir, console.error) : undefined
try {
  await resolveMigration(databaseUrl ?? embedded?.url ?? '', name)
  console.log(`${name} will be tried again at the next start.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await embedded?.close()
}
