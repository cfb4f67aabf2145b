// npm run seed: adds the sample products to an empty catalog. In production, nothing else does.
import { addMissingSamples, missingSamples, seedCatalog } from '../catalog/seed.js'
import { openDatabase } from '../database/client.js'
import { migrate } from '../database/migrations.js'
import { CommandError } from './run.js'

/**
 * @param migrationUrl where the migrations connect
 * @param args `--missing` adds sample products to a catalog that has others
 * @returns what to print
 */
export async function seed(url: string, migrationUrl: string, args: readonly string[]): Promise<string> {
  const [option, ...others] = args
  if ((option !== undefined && option !== '--missing') || others.length > 0)
    throw new CommandError('Usage: npm run seed -- [--missing]')
  await migrate(migrationUrl)
  const database = openDatabase(url, { max: 2 })
  const { prisma } = database
  try {
    const added = option === '--missing' ? await addMissingSamples(prisma) : await seedCatalog(prisma)
    if (added > 0) return `Added ${added} products.`
    const missing = await missingSamples(prisma)
    return missing.length === 0
      ? 'The catalog has all sample products already. Nothing was changed.'
      : `The catalog already has products. Nothing was changed. These samples are not in it: ${missing.join(', ')}. To add them: npm run seed -- --missing`
  } finally {
    await database.close()
  }
}
