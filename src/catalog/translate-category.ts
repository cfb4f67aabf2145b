// Names a category in other languages than the shop's. All its products show it.
import type { Transaction } from '../database/client.js'

/**
 * @param names by language. A language that is missing has no name
 * @returns whether that changed anything
 */
export async function translateCategory(
  tx: Transaction,
  category: string,
  names: Readonly<Record<string, string>>,
): Promise<boolean> {
  const given = JSON.stringify(names)
  // Without a product on sale, it may have no row yet.
  const changed = await tx.$executeRaw`
    INSERT INTO "Category" AS c (name, products, translations) SELECT ${category}, 0, ${given}::jsonb
    WHERE ${given}::jsonb <> '{}' OR EXISTS (SELECT FROM "Category" WHERE name = ${category} AND translations <> '{}')
    ON CONFLICT (name) DO UPDATE SET translations = excluded.translations WHERE c.translations <> excluded.translations`
  return changed > 0
}
