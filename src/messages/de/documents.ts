// Texts of every PDF, in German.
import type { Messages } from '../en/index.js'

export const documents: Messages['documents'] = {
  page: (page, count) => `Seite ${page} von ${count}`,
  missingLetters:
    'Einige Buchstaben lassen sich in diesem Dokument nicht drucken und erscheinen als Kästchen. Auf der zugehörigen Seite im Shop stehen sie richtig.',
}
