// Texts of every PDF, in German.
import type { Messages } from '../en/index.js'

export const documents: Messages['documents'] = {
  page: (page, count) => `Seite ${page} von ${count}`,
  packingSlip: {
    heading: 'Packzettel',
    to: 'An',
    ordered: 'Bestellt',
    delivery: 'Lieferung',
    item: 'Artikel',
    sku: 'Artikelnummer',
    units: 'Stück',
    nothing: 'Von dieser Bestellung ist nichts mehr zu verschicken.',
  },
  missingLetters:
    'Einige Buchstaben lassen sich in diesem Dokument nicht drucken und erscheinen als Kästchen. Auf der zugehörigen Seite im Shop stehen sie richtig.',
}
